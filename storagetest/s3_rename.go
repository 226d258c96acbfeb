package storagetest

import (
	"net/http"
	"net/url"
	"strings"
)

// rename is what a RenameObject asked for, all of it.
type rename struct{ from, to, conditions string }

// renameObject gives an object of a directory bucket another key.
func (c *s3Call) renameObject() *s3Error {
	source, pathErr := url.PathUnescape(c.header("X-Amz-Rename-Source"))
	source = strings.TrimPrefix(source, "/")
	token := c.header("X-Amz-Client-Token")
	switch {
	case pathErr != nil || source == "":
		return errorInvalidArgument("Rename Source must mention the source key", "x-amz-rename-source", c.header("X-Amz-Rename-Source"))
	case strings.HasSuffix(source, "/") || strings.HasSuffix(c.target.key, "/"):
		return errorInvalidRequest("Objects whose keys end in a slash cannot be renamed.")
	case len(token) > 64:
		return errorInvalidArgument("The client token is too long", "x-amz-client-token", token)
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if !isDirectory(b.name) {
		return errorNotImplemented("RenameObject")
	}
	asked := rename{from: source, to: c.target.key, conditions: c.renameConditions()}
	if done, ok := b.renames[token]; ok && token != "" {
		if done != asked {
			return &s3Error{status: 400, code: "IdempotencyParameterMismatch",
				message: "The parameters of this request differ from those of an earlier one with the same client token."}
		}
		c.respond(http.StatusOK, nil) // it has been done
		return nil
	}
	o, err := c.find(b, source, "")
	if err != nil {
		return err
	}
	if status, condition := c.conditions("X-Amz-Rename-Source-").verdict(o); status != http.StatusOK {
		return errorPrecondition("x-amz-rename-source-" + strings.ToLower(condition))
	}
	if err := c.checkDestination(b.current(c.target.key)); err != nil {
		return err
	}
	if source != c.target.key {
		renamed := *o
		renamed.key = c.target.key
		renamed.blob.retain() // before the old one lets go of it
		b.remove(o)
		c.put(b, &renamed)
	}
	if token != "" {
		if b.renames == nil {
			b.renames = make(map[string]rename)
		}
		b.renames[token] = asked
	}
	c.respond(http.StatusOK, nil)
	return nil
}

var conditionHeaders = []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}

// renameConditions are the conditions of the request, in one line.
func (c *s3Call) renameConditions() string {
	var all []string
	for _, prefix := range []string{"", "X-Amz-Rename-Source-"} {
		for _, name := range conditionHeaders {
			all = append(all, c.header(prefix+name))
		}
	}
	return strings.Join(all, "\n")
}

// checkDestination judges the conditions on what is at the new key.
func (c *s3Call) checkDestination(there *s3Object) *s3Error {
	if there == nil {
		for _, name := range conditionHeaders {
			if name != "If-None-Match" && c.header(name) != "" {
				return errorPrecondition(name)
			}
		}
		return nil
	}
	if status, condition := c.conditions("").verdict(there); status != http.StatusOK {
		return errorPrecondition(condition)
	}
	return nil
}
