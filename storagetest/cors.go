package storagetest

import (
	"net/http"
	"slices"
	"strings"
)

// What the CORS rules of the vendors have in common.

// matchesWildcard reports whether s is what a pattern with at most one * stands for.
func matchesWildcard(pattern, s string) bool {
	before, after, ok := strings.Cut(pattern, "*")
	if !ok {
		return s == pattern
	}
	return len(s) >= len(before)+len(after) && strings.HasPrefix(s, before) && strings.HasSuffix(s, after)
}

// headersAsked are the names of the headers, in lower case, that a browser asks
// leave to send.
func headersAsked(h http.Header) []string {
	var names []string
	for name := range strings.SplitSeq(h.Get("Access-Control-Request-Headers"), ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// headersAllowed reports whether each of the names, which are in lower case, is
// what one of the patterns stands for.
func headersAllowed(patterns, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		return !slices.ContainsFunc(patterns, func(pattern string) bool { return matchesWildcard(strings.ToLower(pattern), name) })
	})
}
