package codec

import "strconv"

// FieldError says what is wrong with a member of an input or an answer.
type FieldError struct {
	Path    string // of Go field names: "Contents[3].Size"; empty: the whole
	Problem string // "is required", `invalid number "x"`
	Err     error  // what it came from, if from an error
}

func (e *FieldError) Error() string {
	switch {
	case e.Path == "":
		return e.Problem
	case e.Problem == isRequired:
		return e.Path + " " + e.Problem
	}
	return e.Path + ": " + e.Problem
}

func (e *FieldError) Unwrap() error { return e.Err }

const isRequired = "is required"

func fail(problem string) error { return &FieldError{Problem: problem} }

// invalid is the error for text that is not what it should be. The text is cut
// short: an answer may hold anything.
func invalid(what string, text []byte) error {
	const most = 64
	if len(text) > most {
		return fail("invalid " + what + " " + strconv.Quote(string(text[:most])) + "…")
	}
	return fail("invalid " + what + " " + strconv.Quote(string(text)))
}

// within puts a step in front of the path of err. Paths are made while an
// error travels up, so that a call without one pays nothing for them.
func within(err error, step string) error {
	e := asFieldError(err)
	if e.Path != "" && e.Path[0] != '[' {
		step += "."
	}
	e.Path = step + e.Path
	return e
}

// asFieldError makes the error of a tokenizer one of ours.
func asFieldError(err error) *FieldError {
	if e, ok := err.(*FieldError); ok {
		return e
	}
	return &FieldError{Problem: err.Error(), Err: err}
}

func withinItem(err error, i int) error { return within(err, "["+strconv.Itoa(i)+"]") }

func withinKey(err error, key string) error { return within(err, "["+strconv.Quote(key)+"]") }
