package b2

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entrepot-go/entrepot/internal/codec"
)

// Bounds that are checked before anything is sent. The server enforces more,
// and may enforce less one day than it did; what is here it cannot take.
const (
	maxNameSize = 1024
	maxPart     = 10_000

	maxTokenLife = 7 * 24 * time.Hour // of a download token

	// A file's name and FileInfo must fit into headers, with less room where
	// others are needed beside them. What is above makes the server fail
	// without telling why.
	maxMetadata          = 7000
	maxMetadataEncrypted = 2048
)

// Sizes in bytes that transfers keep to; beyond, the server refuses.
const (
	maxPartSize   = 5_000_000_000
	maxObjectSize = 10_000_000_000_000
)

func (in *UploadFileInput) check() error {
	if err := checkUpload(in.UploadUrl, in.AuthorizationToken); err != nil {
		return err
	}
	if err := checkName(in.FileName); err != nil {
		return err
	}
	encrypted := in.ServerSideEncryption != "" || in.ServerSideEncryptionCustomerKey != ""
	return checkMetadata(in.FileName, in.FileInfo, encrypted)
}

func (in *StartLargeFileInput) check() error {
	if err := checkName(in.FileName); err != nil {
		return err
	}
	return checkMetadata(in.FileName, in.FileInfo, in.ServerSideEncryption != nil)
}

func (in *UploadPartInput) check() error {
	if err := checkUpload(in.UploadUrl, in.AuthorizationToken); err != nil {
		return err
	}
	if in.PartNumber < 1 || in.PartNumber > maxPart {
		return &codec.FieldError{Path: "PartNumber", Problem: "must be 1 to " + strconv.Itoa(maxPart) + ", not " + strconv.FormatInt(in.PartNumber, 10)}
	}
	return nil
}

func checkUpload(url string, token Secret) error {
	switch {
	case url == "":
		return &codec.FieldError{Path: "UploadUrl", Problem: "is required"}
	case token == "":
		return &codec.FieldError{Path: "AuthorizationToken", Problem: "is required"}
	}
	return nil
}

func checkName(name string) error {
	problem := ""
	switch {
	case name == "":
		problem = "is required"
	case len(name) > maxNameSize:
		problem = "is longer than " + strconv.Itoa(maxNameSize) + " bytes"
	case !utf8.ValidString(name):
		problem = "is not valid UTF-8"
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		problem = "has a control character"
	default:
		return nil
	}
	return &codec.FieldError{Path: "FileName", Problem: problem}
}

func checkMetadata(name string, info FileInfo, encrypted bool) error {
	limit := maxMetadata
	if encrypted {
		limit = maxMetadataEncrypted
	}
	size := encodedSize(name)
	for k, v := range info {
		size += len(k) + encodedSize(v)
	}
	if size <= limit {
		return nil
	}
	return &codec.FieldError{Path: "FileInfo", Problem: "has, with the name, " + strconv.Itoa(size) +
		" bytes as it is sent; the limit is " + strconv.Itoa(limit)}
}

// encodedSize is the size of s in a header at least: with all those characters
// left alone that may be.
func encodedSize(s string) int {
	n := len(s)
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("._-/~!$'()*;=:@ ", c) >= 0) {
			n += 2
		}
	}
	return n
}
