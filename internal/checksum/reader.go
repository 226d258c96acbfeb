package checksum

import (
	"bytes"
	"fmt"
	"hash"
	"io"
)

// MismatchError says that a body is not what its checksum promised.
type MismatchError struct {
	Algorithm Algorithm
	Want, Got []byte
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("the body does not match its %s checksum: %s was promised, %s was received", e.Algorithm, Encode(e.Want), Encode(e.Got))
}

// NewReader returns body with its checksum verified at the end: a body that
// does not match ends in a [*MismatchError] in place of io.EOF.
func NewReader(body io.ReadCloser, a Algorithm, want []byte) (io.ReadCloser, error) {
	h, err := New(a)
	if err != nil {
		return nil, err
	}
	return &reader{body: body, algorithm: a, hash: h, want: want}, nil
}

type reader struct {
	body      io.ReadCloser
	algorithm Algorithm
	hash      hash.Hash
	want      []byte
	err       error // sticks once it is set
}

func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.body.Read(p)
	r.hash.Write(p[:n])
	if err == io.EOF {
		if got := r.hash.Sum(nil); !bytes.Equal(got, r.want) {
			err = &MismatchError{Algorithm: r.algorithm, Want: r.want, Got: got}
		}
	}
	r.err = err
	return n, err
}

func (r *reader) Close() error { return r.body.Close() }
