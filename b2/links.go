package b2

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetDownloadAuthorization makes a token with which anybody can download, for
// some time, the files of a private bucket whose names begin with a prefix: by
// [Client.DownloadFileByName], or by any program that is given an URL with it
// .
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
