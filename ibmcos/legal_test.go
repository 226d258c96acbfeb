package ibmcos

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/internal/codec"
)

// TestLegalHoldForms reads the three forms that IBM gives of the same answer.
func TestLegalHoldForms(t *testing.T) {
	begun := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	want := []LegalHold{{ID: "case-1", Date: begun}}
	for name, body := range map[string]string{
		"of the models": `<RetentionState><CreateTime>2026-03-01T10:00:00.000Z</CreateTime><RetentionPeriod>86400</RetentionPeriod><RetentionPeriodExpirationDate>2026-03-02T10:00:00Z</RetentionPeriodExpirationDate>` +
			`<LegalHolds><member><ID>case-1</ID><Date>2026-03-01T10:00:00Z</Date></member></LegalHolds></RetentionState>`,
		"of the model for JavaScript": `<RetentionState><CreateTime>2026-03-01T10:00:00.000Z</CreateTime><RetentionPeriod>86400</RetentionPeriod><RetentionPeriodExpirationDate>2026-03-02T10:00:00Z</RetentionPeriodExpirationDate>` +
			`<LegalHolds><LegalHold><ID>case-1</ID><Date>2026-03-01T10:00:00Z</Date></LegalHold></LegalHolds></RetentionState>`,
		"of the documentation": `<RetentionState><CreateTime>Sun, 01 Mar 2026 10:00:00 GMT</CreateTime><RetentionPeriod>86400</RetentionPeriod><RetentionPeriodExpirationDate>Mon, 02 Mar 2026 10:00:00 GMT</RetentionPeriodExpirationDate>` +
			`<LegalHoldSet><LegalHold><ID>case-1</ID><Date>Sun, 01 Mar 2026 10:00:00 GMT</Date></LegalHold></LegalHoldSet></RetentionState>`,
	} {
		var out ListLegalHoldsOutput
		if err := codec.Decode(&codec.Response{Status: 200, Body: []byte(body)}, codec.Document{Format: codec.XML}, &out); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !out.CreateTime.Equal(begun) || out.RetentionPeriod != 86400 || !out.RetentionPeriodExpirationDate.Equal(begun.AddDate(0, 0, 1)) {
			t.Errorf("%s: %+v", name, out)
		}
		if diff := cmp.Diff(want, out.Holds()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
