package entrepot_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot"
)

func TestSecretPrintsAPlaceholder(t *testing.T) {
	const value = "nobodyMaySee"
	type Holder struct {
		Key  entrepot.Secret
		Keys []entrepot.Secret
		Map  map[string]*entrepot.Secret
	}
	s := entrepot.Secret(value)
	h := Holder{Key: s, Keys: []entrepot.Secret{s}, Map: map[string]*entrepot.Secret{"key": &s}}

	var log bytes.Buffer
	text := slog.New(slog.NewTextHandler(&log, nil))
	asJSON := slog.New(slog.NewJSONHandler(&log, nil))
	for _, v := range []any{s, &s, h, &h, []any{h}, map[string]any{"h": h}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			fmt.Fprintf(&log, verb, v)
		}
		fmt.Fprintln(&log, v)
		text.Info("it", "value", v)
		asJSON.Info("it", "value", v)
		b, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		log.Write(b)
	}
	b, err := xml.Marshal(h.Keys)
	if err != nil {
		t.Error(err)
	}
	log.Write(b)

	got := log.String()
	for _, hidden := range []string{value, hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value)))} {
		if i := strings.Index(got, hidden); i >= 0 {
			t.Errorf("the value is printed: …%s", got[max(0, i-100):i+len(hidden)])
		}
	}
	if string(s) != value {
		t.Errorf("string(s) = %q, want %q", string(s), value)
	}
}

func TestSecretSaysWhetherThereIsOne(t *testing.T) {
	for _, tt := range []struct {
		s                   entrepot.Secret
		plain, quoted, json string
	}{
		{s: "", plain: "", quoted: `""`, json: `""`},
		{s: "x", plain: "REDACTED", quoted: `"REDACTED"`, json: `"REDACTED"`},
	} {
		b, err := json.Marshal(tt.s)
		if plain, quoted := fmt.Sprint(tt.s), fmt.Sprintf("%#v", tt.s); plain != tt.plain || quoted != tt.quoted || string(b) != tt.json || err != nil {
			t.Errorf("a secret of %d bytes prints as %q, %s, %s (%v); want %q, %s, %s", len(tt.s), plain, quoted, b, err, tt.plain, tt.quoted, tt.json)
		}
	}
}

// A program may keep its keys in a file of JSON.
func TestSecretIsReadAsItIs(t *testing.T) {
	var v struct{ Key entrepot.Secret }
	if err := json.Unmarshal([]byte(`{"Key":"open sesame"}`), &v); err != nil || string(v.Key) != "open sesame" {
		t.Errorf("read %q, %v", string(v.Key), err)
	}
}
