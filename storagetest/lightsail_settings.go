package storagetest

import (
	"encoding/json"
	"regexp"
	"slices"
)

type lightsailUpdateBucket struct {
	Name  string `json:"bucketName" required:"true"`
	Rules *struct {
		GetObject *string `json:"getObject"`
		Overrides *bool   `json:"allowPublicOverrides"`
	} `json:"accessRules"`
	Versioning *string   `json:"versioning"`
	Accounts   *[]string `json:"readonlyAccessAccounts"`
	Log        *struct {
		Enabled     bool    `json:"enabled" required:"true"`
		Destination *string `json:"destination"`
		Prefix      *string `json:"prefix"`
	} `json:"accessLogConfig"`
	CORS *struct {
		Rules *[]lightsailCORSInput `json:"rules"`
	} `json:"cors"`
}

type lightsailCORSInput struct {
	ID             string   `json:"id"`
	AllowedMethods []string `json:"allowedMethods" required:"true"`
	AllowedOrigins []string `json:"allowedOrigins" required:"true"`
	AllowedHeaders []string `json:"allowedHeaders"`
	ExposeHeaders  []string `json:"exposeHeaders"`
	MaxAgeSeconds  int32    `json:"maxAgeSeconds"`
}

func (l *Lightsail) updateBucket(in *lightsailUpdateBucket) (any, error) {
	b, err := l.find(in.Name)
	if err != nil {
		return nil, err
	}
	settings := b.LightsailBucket // takes effect as a whole or not at all
	for _, change := range []func(*lightsailUpdateBucket, *LightsailBucket) error{
		changeAccess, changeVersioning, l.changeAccessLog, changeCORS,
	} {
		if err := change(in, &settings); err != nil {
			return nil, err
		}
	}
	b.LightsailBucket = settings
	l.configureS3(b)
	return map[string]any{
		"bucket":     l.document(b, false, in.CORS != nil),
		"operations": l.done("UpdateBucket", b.Name, ""),
	}, nil
}

var lightsailAccount = regexp.MustCompile(`^[0-9]{12}$`)

func changeAccess(in *lightsailUpdateBucket, b *LightsailBucket) error {
	if in.Rules != nil {
		if access := in.Rules.GetObject; access != nil {
			if *access != "public" && *access != "private" {
				return lightsailInvalid("accessRules.getObject is public or private, not %q", *access)
			}
			b.GetObject = *access
		}
		if in.Rules.Overrides != nil {
			b.AllowPublicOverrides = *in.Rules.Overrides
		}
	}
	if in.Accounts == nil {
		return nil
	}
	if len(*in.Accounts) > 10 {
		return lightsailInvalid("At most 10 accounts can have access")
	}
	for _, account := range *in.Accounts {
		if !lightsailAccount.MatchString(account) {
			return lightsailInvalid("The account is not valid: %q", account)
		}
	}
	b.ReadonlyAccessAccounts = *in.Accounts
	return nil
}

func changeVersioning(in *lightsailUpdateBucket, b *LightsailBucket) error {
	if in.Versioning == nil {
		return nil
	}
	if *in.Versioning != "Enabled" && *in.Versioning != "Suspended" {
		return lightsailInvalid("versioning is Enabled or Suspended, not %q", *in.Versioning)
	}
	b.ObjectVersioning = *in.Versioning
	return nil
}

var lightsailLogPrefix = regexp.MustCompile(`^[\w/!.*')(-]{1,100}$`)

func (l *Lightsail) changeAccessLog(in *lightsailUpdateBucket, b *LightsailBucket) error {
	switch log := in.Log; {
	case log == nil:
	case !log.Enabled:
		if log.Destination != nil || log.Prefix != nil {
			return lightsailInvalid("An access log that is not enabled has no destination and no prefix")
		}
		b.AccessLogDestination, b.AccessLogPrefix = "", ""
	case log.Destination == nil:
		return lightsailInvalid("An access log needs a destination")
	case l.buckets[*log.Destination] == nil:
		return lightsailInvalid("The destination of the access log does not exist: %s", *log.Destination)
	case log.Prefix != nil && !lightsailLogPrefix.MatchString(*log.Prefix):
		return lightsailInvalid("The prefix of the access log is not valid: %q", *log.Prefix)
	default:
		b.AccessLogDestination, b.AccessLogPrefix = *log.Destination, ""
		if log.Prefix != nil {
			b.AccessLogPrefix = *log.Prefix
		}
	}
	return nil
}

var lightsailCORSMethods = []string{"DELETE", "GET", "HEAD", "POST", "PUT"}

func changeCORS(in *lightsailUpdateBucket, b *LightsailBucket) error {
	if in.CORS == nil || in.CORS.Rules == nil {
		return nil
	}
	rules := *in.CORS.Rules
	text, err := json.Marshal(rules)
	switch {
	case err != nil:
		return err
	case len(rules) > 20:
		return lightsailInvalid("A bucket has at most 20 CORS rules")
	case len(text) > 64<<10:
		return lightsailInvalid("The CORS rules are longer than 64 KB")
	}
	b.CORS = nil
	for _, r := range rules {
		switch {
		case len(r.ID) > 255:
			return lightsailInvalid("The id of a CORS rule is longer than 255 characters")
		case len(r.AllowedMethods) == 0 || len(r.AllowedOrigins) == 0:
			return lightsailInvalid("A CORS rule needs a method and an origin")
		}
		for _, method := range r.AllowedMethods {
			if !slices.Contains(lightsailCORSMethods, method) {
				return lightsailInvalid("The method of a CORS rule is not valid: %q", method)
			}
		}
		b.CORS = append(b.CORS, LightsailCORSRule{
			ID: r.ID, AllowedMethods: r.AllowedMethods, AllowedOrigins: r.AllowedOrigins,
			AllowedHeaders: r.AllowedHeaders, ExposeHeaders: r.ExposeHeaders, MaxAgeSeconds: int(r.MaxAgeSeconds),
		})
	}
	return nil
}

// AddInstance has an instance of that name, which SetResourceAccessForBucket
// then takes. [Lightsail.AddInstanceKey] gives it a key.
func (l *Lightsail) AddInstance(name string) {
	l.state.Lock()
	defer l.state.Unlock()
	l.instances[name] = true
}

type lightsailResourceAccess struct {
	Resource string `json:"resourceName" required:"true"`
	Bucket   string `json:"bucketName" required:"true"`
	Access   string `json:"access" required:"true"`
}

func (l *Lightsail) setResourceAccess(in *lightsailResourceAccess) (any, error) {
	if err := lightsailCheckResource(in.Resource); err != nil {
		return nil, err
	}
	b, err := l.find(in.Bucket)
	if err != nil {
		return nil, err
	}
	_, has := b.ResourcesReceivingAccess[in.Resource]
	switch {
	case in.Access != "allow" && in.Access != "deny":
		return nil, lightsailInvalid("access is allow or deny, not %q", in.Access)
	case !has && !l.instances[in.Resource]:
		return nil, lightsailNotFound("The Instance does not exist: %s", in.Resource)
	case in.Access == "deny":
		delete(b.ResourcesReceivingAccess, in.Resource)
	case !has:
		if b.ResourcesReceivingAccess == nil {
			b.ResourcesReceivingAccess = map[string]string{}
		}
		b.ResourcesReceivingAccess[in.Resource] = "Instance"
	}
	l.s3.mu.Lock()
	l.admitGuests()
	l.s3.mu.Unlock()
	return map[string]any{"operations": l.done("SetResourceAccessForBucket", b.Name, in.Resource)}, nil
}
