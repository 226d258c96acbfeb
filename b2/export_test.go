package b2

// SetMaxCopy makes the files small that are copied in parts.
func SetMaxCopy(c *Client, n int64) { c.session.maxCopy = n }

// ClientOf returns the client of a handle.
func ClientOf(h *BucketHandle) *Client { return h.client }
