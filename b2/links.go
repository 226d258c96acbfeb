package b2

import (
	"context"
	"net/url"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetDownloadAuthorization makes a token with which anybody can download, for
// some time, the files of a private bucket whose names begin with a prefix: by
// [Client.DownloadFileByName], or by any program that is given an URL with it
// (see [Client.DownloadURL]).
//
// The members that replace headers of downloads become part of the token: a
// download has to ask for the same values.
//
// It needs the capability shareFiles, and is billed as a class C transaction.
//
// Errors: [ErrBadBucketId], [ErrUnauthorized] (also if FileNamePrefix does not
// begin with the prefix that the key is restricted to), [ErrBadRequest],
// [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-get-download-authorization
func (c *Client) GetDownloadAuthorization(ctx context.Context, in *GetDownloadAuthorizationInput, opts ...Option) (*GetDownloadAuthorizationOutput, error) {
	return invoke[GetDownloadAuthorizationOutput](ctx, c, opGetDownloadAuthorization, in, opts)
}

var opGetDownloadAuthorization = &pipeline.Operation{Name: "GetDownloadAuthorization", Method: "POST", Path: "/b2api/v4/b2_get_download_authorization", Right: "shareFiles"}

// GetDownloadAuthorizationInput says what may be downloaded, and for how long.
type GetDownloadAuthorizationInput struct {
	BucketId               string `json:"bucketId,required,min1"`
	FileNamePrefix         string `json:"fileNamePrefix,required"`         // empty: all files of the bucket
	ValidDurationInSeconds int64  `json:"validDurationInSeconds,required"` // 1 to 604800, which is a week

	// These replace headers of the answer.
	B2ContentDisposition string `json:"b2ContentDisposition"` // as in RFC 6266, without parameters that end in '*'
	B2ContentLanguage    string `json:"b2ContentLanguage"`
	B2Expires            string `json:"b2Expires"`
	B2CacheControl       string `json:"b2CacheControl"`
	B2ContentEncoding    string `json:"b2ContentEncoding"`
	B2ContentType        string `json:"b2ContentType"`
}

// GetDownloadAuthorizationOutput is a download token.
type GetDownloadAuthorizationOutput struct {
	BucketId           string `json:"bucketId"`
	FileNamePrefix     string `json:"fileNamePrefix"`
	AuthorizationToken Secret `json:"authorizationToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DownloadURL makes a link with which anybody can download a file: with
// ValidFor set, one that carries a download token and serves for that long;
// without, the bare address, which serves for files of public buckets.
//
// The token is good for all files of the bucket whose names begin with this
// one's: who has the link to "report" can as well download "report-secret".
// Where that matters, names need an ending. The link always leads to the
// newest version, also to one that is uploaded later.
//
// A link with a token needs the capability shareFiles and one class C
// transaction, and another, with the capability listBuckets, if BucketId is
// left out; an error is that of the call that failed, [Client.ListBuckets] or
// [Client.GetDownloadAuthorization]. The bare address takes no call once the
// account is authorized, and no application key where [Config.DownloadEndpoint]
// names the host.
//
// API: https://www.backblaze.com/apidocs/b2-download-file-by-name
func (c *Client) DownloadURL(ctx context.Context, in *DownloadURLInput, opts ...Option) (*DownloadLink, error) {
	s, err := c.with(opts)
	if err != nil {
		return nil, fail(downloadURL, err)
	}
	if in == nil {
		in = new(DownloadURLInput)
	}
	path, query, err := in.encode()
	if err != nil {
		return nil, fail(downloadURL, err)
	}
	link := new(DownloadLink)
	if in.ValidFor != 0 {
		link.Expires = s.config.Clock().Add(in.ValidFor).UTC()
		token, err := (&Client{session: s}).linkToken(ctx, in)
		if err != nil {
			return nil, err
		}
		if query != "" {
			query += "&"
		}
		query += "Authorization=" + url.QueryEscape(string(token))
	}
	_, host, err := s.downloadHost(ctx, nil)
	if err != nil {
		return nil, err
	}
	link.URL = host.scheme + "://" + host.host + host.path + path
	if query != "" {
		link.URL += "?" + query
	}
	return link, nil
}

const downloadURL = "DownloadURL"

// DownloadURLInput selects a file and says how a link serves it.
type DownloadURLInput struct {
	BucketName string
	BucketId   string // of BucketName; empty: looked up, if it is needed
	FileName   string

	// ValidFor is how long the link serves, in whole seconds, one second to
	// seven days. 0: it has no token.
	ValidFor time.Duration

	// These replace headers of the answer. They need a token.
	B2ContentDisposition string // as in RFC 6266, without parameters that end in '*'
	B2ContentLanguage    string
	B2Expires            string
	B2CacheControl       string
	B2ContentEncoding    string
	B2ContentType        string
}

// DownloadLink is a link to a file.
type DownloadLink struct {
	URL     string    // who has it can download; it belongs in no log if it has a token
	Expires time.Time // when the token ends; zero: there is none
}

// encode checks in and returns path and query of its link, without a token.
func (in *DownloadURLInput) encode() (path, query string, err error) {
	var r codec.Request
	err = codec.Encode(&r, pathByName, document, &DownloadFileByNameInput{
		BucketName:           in.BucketName,
		FileName:             in.FileName,
		B2ContentDisposition: in.B2ContentDisposition,
		B2ContentLanguage:    in.B2ContentLanguage,
		B2Expires:            in.B2Expires,
		B2CacheControl:       in.B2CacheControl,
		B2ContentEncoding:    in.B2ContentEncoding,
		B2ContentType:        in.B2ContentType,
	})
	switch {
	case err != nil:
		return "", "", err
	case in.ValidFor == 0 && r.Query != "":
		return "", "", &codec.FieldError{Path: "ValidFor", Problem: "is required where headers of the answer are replaced"}
	case in.ValidFor != 0 && (in.ValidFor < time.Second || in.ValidFor > maxTokenLife || in.ValidFor%time.Second != 0):
		return "", "", &codec.FieldError{Path: "ValidFor", Problem: "must be whole seconds, one second to seven days, not " + in.ValidFor.String()}
	}
	return r.Path, r.Query, checkName(in.FileName)
}

// linkToken gets the download token of a link.
func (c *Client) linkToken(ctx context.Context, in *DownloadURLInput) (Secret, error) {
	id := in.BucketId
	if id == "" {
		var err error
		if id, err = c.Bucket(in.BucketName).ID(ctx); err != nil {
			return "", err
		}
	}
	out, err := c.GetDownloadAuthorization(ctx, &GetDownloadAuthorizationInput{
		BucketId:               id,
		FileNamePrefix:         in.FileName,
		ValidDurationInSeconds: int64(in.ValidFor / time.Second),
		B2ContentDisposition:   in.B2ContentDisposition,
		B2ContentLanguage:      in.B2ContentLanguage,
		B2Expires:              in.B2Expires,
		B2CacheControl:         in.B2CacheControl,
		B2ContentEncoding:      in.B2ContentEncoding,
		B2ContentType:          in.B2ContentType,
	})
	if err != nil {
		return "", err
	}
	return out.AuthorizationToken, nil
}
