package s3dialect

import (
	"strings"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/endpoint"
)

// Profile is what a server of the S3 API can do, and what it takes amiss. Each
// field's zero value is the cautious choice.
type Profile struct {
	// Checksum is computed for bodies unless the caller asks for another.
	Checksum checksum.Algorithm
	// Trailer says that a checksum may follow the body.
	Trailer bool
	// SignedChunks says that a body over plain HTTP may be signed in chunks as
	// it is sent; else it is read twice.
	SignedChunks bool
	// ChecksumMode says that reads can ask for the stored checksum.
	ChecksumMode bool
	// ChecksumHeaders says that a checksum header serves where the API demands
	// integrity; else Content-MD5 does.
	ChecksumHeaders bool
	// FullObject says that a multipart upload can have a checksum of the whole.
	FullObject bool
	// URLKeys says that lists can encode keys which XML cannot carry.
	URLKeys bool
	// VirtualHost says that the bucket goes into the host name.
	VirtualHost bool
	// Continue says that the server answers Expect: 100-continue.
	Continue bool
	// Suffixes says that the end of a name tells another kind of bucket:
	// --x-s3 and --xa-s3 a directory bucket, --op-s3 one on an Outpost.
	Suffixes bool
	// EveryOperation says that the server knows all operations of S3. Others have
	// been seen to pass over a sub-resource that they do not know, and to do to
	// the object what was meant for the sub-resource.
	EveryOperation bool
	// UniformParts says that all parts of an upload have the same size.
	UniformParts bool
	// CopyCondition says that CopyObject depends on what is there if it is told so.
	// Others have been seen to pass over the header, and to replace what is there.
	CopyCondition bool
	// UploadsByKey says that a list of uploads with a prefix has only those of the
	// object that has the prefix for its key.
	UploadsByKey bool
}

// Servers are the profiles by name; the empty name is the unknown server.
var servers = map[string]Profile{
	"aws": {
		Checksum: checksum.CRC64NVME, Trailer: true, SignedChunks: true, ChecksumMode: true,
		ChecksumHeaders: true, FullObject: true, URLKeys: true, VirtualHost: true, Continue: true,
		Suffixes: true, EveryOperation: true, CopyCondition: true,
	},
	"minio": {SignedChunks: true, ChecksumMode: true, FullObject: true, URLKeys: true, UploadsByKey: true},
	"ceph":  {SignedChunks: true, URLKeys: true},
	"r2":    {URLKeys: true, UniformParts: true},
	"gcs":   {URLKeys: true, VirtualHost: true},
	"b2":    {URLKeys: true, VirtualHost: true},
	"ibm": {
		Checksum: checksum.CRC64NVME, ChecksumMode: true, ChecksumHeaders: true, FullObject: true, URLKeys: true, VirtualHost: true,
	},
	// An unknown server gets nothing that old servers have been seen to refuse.
	"": {SignedChunks: true, URLKeys: true},
}

// hosts tells servers other than AWS by the domains of their hosts.
var hosts = []struct{ domain, server string }{
	{"backblazeb2.com", "b2"},
	{"cloud-object-storage.appdomain.cloud", "ibm"}, {"objectstorage.softlayer.net", "ibm"},
	{"r2.cloudflarestorage.com", "r2"},
	{"storage.googleapis.com", "gcs"},
}

// ProfileOf returns the profile of a server: the one that is named, else the
// one that its host tells. An empty host is the vendor's own.
func ProfileOf(server, host string) (p Profile, known bool) {
	if server == "" {
		server = serverOf(host)
	}
	p, known = servers[server]
	return p, known
}

func serverOf(host string) string {
	if host == "" {
		return "aws"
	}
	name := strings.ToLower(host)
	if i := strings.LastIndexByte(name, ':'); i > 0 {
		name = name[:i]
	}
	if endpoint.IsAWS(name) {
		return "aws"
	}
	for _, h := range hosts {
		if rest, ok := strings.CutSuffix(name, h.domain); ok && (rest == "" || strings.HasSuffix(rest, ".")) {
			return h.server
		}
	}
	return ""
}
