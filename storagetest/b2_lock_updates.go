package storagetest

import (
	"net/http"
	"time"
)

func b2BypassCapability(bypass bool) []string {
	if bypass {
		return []string{"bypassGovernance"}
	}
	return nil
}

type b2UpdateLegalHold struct {
	FileName  string `json:"fileName" required:"true"`
	FileID    string `json:"fileId" required:"true"`
	LegalHold string `json:"legalHold" required:"true"`
}

func (s *b2Session) updateLegalHold(in *b2UpdateLegalHold) (any, error) {
	f, err := s.lockable(in.FileID, in.FileName, func() error { return b2CheckHold(in.LegalHold) })
	if err != nil {
		return nil, err
	}
	f.lock.hold = in.LegalHold
	return map[string]any{"fileId": f.id, "fileName": f.name, "legalHold": f.lock.hold}, nil
}

type b2UpdateRetention struct {
	FileName         string       `json:"fileName" required:"true"`
	FileID           string       `json:"fileId" required:"true"`
	Retention        *b2Retention `json:"fileRetention" required:"true"`
	BypassGovernance bool         `json:"bypassGovernance"`
}

func (in *b2UpdateRetention) capabilities() []string { return b2BypassCapability(in.BypassGovernance) }

func (s *b2Session) updateRetention(in *b2UpdateRetention) (any, error) {
	now := s.now(s.request)
	f, err := s.lockable(in.FileID, in.FileName, func() error {
		if err := in.Retention.check(); err != nil {
			return err
		}
		return in.Retention.checkFuture(now)
	})
	if err != nil {
		return nil, err
	}
	if err := f.lock.retention.changeable(in.Retention, now, in.BypassGovernance); err != nil {
		return nil, err
	}
	f.lock.retention = *in.Retention
	return map[string]any{"fileId": f.id, "fileName": f.name, "fileRetention": f.lock.retention}, nil
}

// lockable finds the version whose lock is to be changed, and refuses where there
// can be none. check looks at the values that are to be set.
func (s *b2Session) lockable(id, name string, check func() error) (*b2File, error) {
	missing := func() error { return b2BadRequest("File not present: %s %s", name, id) }
	f, err := s.file(id, missing)
	if err != nil {
		return nil, err
	}
	if f.name != name {
		return nil, missing()
	}
	if err := check(); err != nil {
		return nil, err
	}
	switch {
	case !f.bucket.locked:
		return nil, b2LockMissing()
	case f.action != b2ActionUpload:
		return nil, b2Fail(http.StatusMethodNotAllowed, "method_not_allowed", "A version with the action %s cannot be locked", f.action)
	}
	return f, b2CheckMetadata(f.name, f.info, true)
}

// changeable refuses to weaken a retention that is still in force.
func (r b2Retention) changeable(to *b2Retention, now time.Time, bypass bool) error {
	if !r.active(now) {
		return nil
	}
	kept := to.Mode != nil && *to.Until >= *r.Until
	switch {
	case *r.Mode == "compliance" && kept && *to.Mode == "compliance":
		return nil
	case *r.Mode == "governance" && (kept || bypass):
		return nil
	}
	return b2Fail(http.StatusForbidden, "access_denied", "The file is under %s retention, which cannot be weakened", *r.Mode)
}
