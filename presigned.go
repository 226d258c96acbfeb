package entrepot

import (
	"net/http"
	"time"
)

// PresignedRequest is a request that anybody can make until it expires.
type PresignedRequest struct {
	Method string
	URL    string

	// Header holds what has to be sent along, exactly as it is: the signature
	// covers it. It is empty for most requests.
	Header http.Header

	// Expires is when the server begins to refuse the request: the time that
	// was asked for, or the end of the credentials if that is earlier.
	Expires time.Time
}

// PresignedPost is a form with which anybody can upload an object until it
// expires.
type PresignedPost struct {
	URL    string
	Fields []PostField // in the order to send; then the file as the field "file"

	// Expires is when the server begins to refuse the form: after the time that
	// was asked for, or with the end of the credentials if that is earlier.
	Expires time.Time
}

// PostField is a field of a form.
type PostField struct {
	Name  string
	Value string
}

// PostCondition is what a field of a form has to fulfil.
type PostCondition struct {
	Operator PostOperator // empty: eq
	Field    string       // "Content-Type"
	Value    string
}

// PostOperator compares a field with the value of a condition.
type PostOperator string

const (
	PostOperatorEq PostOperator = "eq"

	// PostOperatorStartsWith with the empty value admits everything. A
	// Content-Type that is a list is compared item by item.
	PostOperatorStartsWith PostOperator = "starts-with"
)
