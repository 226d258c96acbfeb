package storagetest

import "net/http"

// getBucketAspera tells how a bucket is reached by Aspera's transfer service. The
// service itself is another product, and nobody answers at its address here.
func (s *IBMCOS) getBucketAspera(c *s3Call) *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if b.protection != nil {
		return errorInvalidRequest("Aspera high-speed transfer is not available for buckets with a retention policy")
	}
	if b.aspera == nil {
		b.aspera = &AccessKey{ID: randomHex(16), Secret: randomHex(24)}
	}
	const root = "FASPConnectionInfo"
	var x xmlWriter
	x.start(root, s3Namespace)
	x.start("AccessKey", "")
	x.text("Id", b.aspera.ID)
	x.text("Secret", b.aspera.Secret)
	x.end("AccessKey")
	x.text("ATSEndpoint", "https://ats."+c.srv.region+".aspera.test:443")
	x.end(root)
	c.respond(http.StatusOK, x.bytes())
	return nil
}
