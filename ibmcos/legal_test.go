package ibmcos

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/internal/codec"
)

// TestLegalHoldForms reads the two forms that IBM gives of the same answer.
func TestLegalHoldForms(t *testing.T) {
	want := []LegalHold{{ID: "case-1", Date: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}}
	for name, body := range map[string]string{
		"of the models":        `<RetentionState><LegalHolds><member><ID>case-1</ID><Date>2026-03-01T10:00:00Z</Date></member></LegalHolds></RetentionState>`,
		"of the documentation": `<RetentionState><LegalHoldSet><LegalHold><ID>case-1</ID><Date>Sun, 01 Mar 2026 10:00:00 GMT</Date></LegalHold></LegalHoldSet></RetentionState>`,
	} {
		var out ListLegalHoldsOutput
		if err := codec.Decode(&codec.Response{Status: 200, Body: []byte(body)}, codec.Document{Format: codec.XML}, &out); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, out.Holds()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
