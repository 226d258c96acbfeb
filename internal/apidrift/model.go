package apidrift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Model is a vendor's description of its API, as a file of facts holds it.
type Model struct {
	Metadata struct {
		Protocol string `json:"protocol"` // rest-xml or json
	} `json:"metadata"`
	Operations map[string]*OperationFacts            `json:"operations"`
	Shapes     map[string]*Shape                     `json:"shapes"`
	Paginators map[string]*Paginator                 `json:"paginators"`
	Smithy     map[string]map[string]json.RawMessage `json:"smithyOperationTraits"`

	sent map[string]bool // shapes that some input holds
}

// OperationFacts describes one call.
type OperationFacts struct {
	HTTP struct {
		Method     string `json:"method"`
		RequestURI string `json:"requestUri"`
	} `json:"http"`
	Input        Ref      `json:"input"`
	Output       Ref      `json:"output"`
	Errors       []string `json:"errors"`
	Deprecated   bool     `json:"deprecated"`
	HTTPChecksum struct {
		RequestAlgorithmMember  string   `json:"requestAlgorithmMember"`
		RequestChecksumRequired bool     `json:"requestChecksumRequired"`
		ResponseAlgorithms      []string `json:"responseAlgorithms"`
	} `json:"httpChecksum"`
	HTTPChecksumRequired bool `json:"httpChecksumRequired"`
	UnsignedPayload      bool `json:"unsignedPayload"`
	StaticContextParams  map[string]struct {
		Value any `json:"value"`
	} `json:"staticContextParams"`
}

// Shape describes a type.
type Shape struct {
	Type            string   `json:"type"`
	Members         Members  `json:"members"`
	Required        []string `json:"required"`
	Payload         string   `json:"payload"`
	EventStream     bool     `json:"eventstream"`
	Flattened       bool     `json:"flattened"`
	Member          Ref      `json:"member"`
	Key             Ref      `json:"key"`
	Value           Ref      `json:"value"`
	Enum            []string `json:"enum"`
	Min             float64  `json:"min"`
	TimestampFormat string   `json:"timestampFormat"`
	XMLNamespace    *XMLNS   `json:"xmlNamespace"`

	// Go is what the vendor's model for Go says otherwise.
	Go *struct {
		Enum []string `json:"enum"`
	} `json:"go"`
}

// Ref is the use of a shape.
type Ref struct {
	Shape            string `json:"shape"`
	Location         string `json:"location"`
	LocationName     string `json:"locationName"`
	Streaming        bool   `json:"streaming"`
	Flattened        bool   `json:"flattened"`
	XMLAttribute     bool   `json:"xmlAttribute"`
	XMLNamespace     *XMLNS `json:"xmlNamespace"`
	IdempotencyToken bool   `json:"idempotencyToken"`
	EventPayload     bool   `json:"eventpayload"`
	TimestampFormat  string `json:"timestampFormat"`
	Deprecated       bool   `json:"deprecated"`

	text bool // the member is the text of the document's root
}

// XMLNS is an XML namespace, with the prefix that the vendor wants for it.
type XMLNS struct {
	URI    string `json:"uri"`
	Prefix string `json:"prefix"`
}

// Member is a member of a structure.
type Member struct {
	Name string
	Ref
}

// Members are the members of a structure in the order of the model.
type Members []Member

// UnmarshalJSON reads a JSON object in its order, which a map would lose.
func (m *Members) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		member := Member{Name: name.(string)}
		if err := dec.Decode(&member.Ref); err != nil {
			return err
		}
		*m = append(*m, member)
	}
	return nil
}

// Paginator tells how an operation pages. Each of its members is a string or
// a list of strings.
type Paginator struct {
	InputToken json.RawMessage `json:"input_token"`
}

// Parse reads the facts of a service and mends what is known to be wrong in
// them.
func Parse(s *Service, data []byte) (*Model, error) {
	m := &Model{sent: make(map[string]bool)}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("apidrift: %s: %w", s.Name, err)
	}
	if s.Correct != nil {
		s.Correct(m)
	}
	for name, op := range m.Operations {
		for _, ref := range []Ref{op.Input, op.Output} {
			if ref.Shape != "" && m.Shapes[ref.Shape] == nil {
				return nil, fmt.Errorf("apidrift: %s: there is no shape %s", name, ref.Shape)
			}
		}
		m.send(op.Input.Shape)
		if m.Smithy[name]["aws.customizations#s3UnwrappedXmlOutput"] != nil {
			for i := range m.Shapes[op.Output.Shape].Members {
				m.Shapes[op.Output.Shape].Members[i].text = true
			}
		}
	}
	for name, shape := range m.Shapes {
		refs := []Ref{shape.Member, shape.Key, shape.Value}
		for _, member := range shape.Members {
			refs = append(refs, member.Ref)
		}
		for _, ref := range refs {
			if ref.Shape != "" && m.Shapes[ref.Shape] == nil {
				return nil, fmt.Errorf("apidrift: %s: there is no shape %s", name, ref.Shape)
			}
		}
		if shape.Go != nil {
			for _, v := range shape.Go.Enum {
				if !slices.Contains(shape.Enum, v) {
					shape.Enum = append(shape.Enum, v)
				}
			}
		}
	}
	return m, nil
}

// shape is the shape called name, for changing it; if the model has lost it,
// one that nobody sees.
func (m *Model) shape(name string) *Shape {
	if s := m.Shapes[name]; s != nil {
		return s
	}
	return new(Shape)
}

// send marks a shape and all that it holds as sent.
func (m *Model) send(name string) {
	shape := m.Shapes[name]
	if shape == nil || m.sent[name] {
		return
	}
	m.sent[name] = true
	for _, member := range shape.Members {
		m.send(member.Shape)
	}
	m.send(shape.Member.Shape)
	m.send(shape.Key.Shape)
	m.send(shape.Value.Shape)
}
