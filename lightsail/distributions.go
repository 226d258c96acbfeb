package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateDistribution creates a distribution: a network of caches all over the
// world in front of an origin, such as a bucket or an instance. All distributions
// belong to us-east-1, wherever the origin is. Wait for the operation with
// [OperationSucceeded].
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateDistribution.html
func (c *Client) CreateDistribution(ctx context.Context, in *CreateDistributionInput, opts ...Option) (*CreateDistributionOutput, error) {
	return invoke[CreateDistributionOutput](ctx, c, opCreateDistribution, in, opts)
}

var opCreateDistribution = &pipeline.Operation{Name: "CreateDistribution", Method: "POST", Path: "/"}

type CreateDistributionInput struct {
	DistributionName      string                 `json:"distributionName,required,min1"`
	Origin                InputOrigin            `json:"origin,required"`               // where the content comes from
	DefaultCacheBehavior  CacheBehavior          `json:"defaultCacheBehavior,required"` // of paths that CacheBehaviors does not name
	CacheBehaviorSettings *CacheSettings         `json:"cacheBehaviorSettings"`
	CacheBehaviors        []CacheBehaviorPerPath `json:"cacheBehaviors"` // of single paths

	BundleId      string        `json:"bundleId,required"` // the plan that is paid for, of those that GetDistributionBundles lists
	IpAddressType IpAddressType `json:"ipAddressType"`     // of the distribution's own addresses; default dualstack
	Tags          []Tag         `json:"tags"`              // at most 50

	CertificateName                 string                              `json:"certificateName"`                 // of a certificate that has been issued; its domains are served
	ViewerMinimumTlsProtocolVersion ViewerMinimumTlsProtocolVersionEnum `json:"viewerMinimumTlsProtocolVersion"` // the oldest that visitors may use
}

type CreateDistributionOutput struct {
	Distribution LightsailDistribution `json:"distribution"`
	Operation    Operation             `json:"operation"`

	ResponseMetadata entrepot.ResponseMetadata
}

// InputOrigin is where a distribution shall get its content.
type InputOrigin struct {
	Name            string                   `json:"name"`            // of a bucket, an instance with a static address, a load balancer or a container service
	RegionName      RegionName               `json:"regionName"`      // of that resource
	ProtocolPolicy  OriginProtocolPolicyEnum `json:"protocolPolicy"`  // how the origin is asked
	ResponseTimeout *int32                   `json:"responseTimeout"` // seconds to wait for the origin's answer, 1 to 60; default 30
	IpAddressType   OriginIpAddressTypeEnum  `json:"ipAddressType"`
}

// OriginProtocolPolicyEnum says which protocol a distribution speaks to its
// origin.
type OriginProtocolPolicyEnum string

// Values of OriginProtocolPolicyEnum.
const (
	OriginProtocolPolicyEnumHTTPOnly  OriginProtocolPolicyEnum = "http-only"
	OriginProtocolPolicyEnumHTTPSOnly OriginProtocolPolicyEnum = "https-only"
)

// OriginIpAddressTypeEnum says by which versions of IP a distribution reaches its
// origin.
type OriginIpAddressTypeEnum string

// Values of OriginIpAddressTypeEnum.
const (
	OriginIpAddressTypeEnumIpv4      OriginIpAddressTypeEnum = "ipv4"
	OriginIpAddressTypeEnumIpv6      OriginIpAddressTypeEnum = "ipv6"
	OriginIpAddressTypeEnumDualstack OriginIpAddressTypeEnum = "dualstack"
)

// CacheBehavior says whether content is cached.
type CacheBehavior struct {
	Behavior BehaviorEnum `json:"behavior"`
}

// BehaviorEnum is whether content is cached.
type BehaviorEnum string

// Values of BehaviorEnum.
const (
	BehaviorEnumDontCacheSetting BehaviorEnum = "dont-cache"
	BehaviorEnumCacheSetting     BehaviorEnum = "cache"
)

// CacheSettings says how long content is cached, and what of a request tells one
// content from another. Times are in seconds.
type CacheSettings struct {
	// DefaultTTL is for content whose origin sends no header, such as
	// Cache-Control or Expires, that says how long it may be kept.
	DefaultTTL *int64 `json:"defaultTTL"`

	// MinimumTTL is the shortest, whatever the origin's headers say. It has to be
	// 0 where all headers are forwarded.
	MinimumTTL *int64 `json:"minimumTTL"`

	MaximumTTL *int64 `json:"maximumTTL"` // the longest, whatever the origin's headers say

	// AllowedHTTPMethods is what is passed to the origin: "GET,HEAD",
	// "GET,HEAD,OPTIONS" or "GET,HEAD,OPTIONS,PUT,PATCH,POST,DELETE".
	AllowedHTTPMethods string `json:"allowedHTTPMethods"`

	CachedHTTPMethods string `json:"cachedHTTPMethods"` // "GET,HEAD" or "GET,HEAD,OPTIONS"

	ForwardedCookies      *CookieObject      `json:"forwardedCookies"` // what the origin is told; content is cached for each value of these
	ForwardedHeaders      *HeaderObject      `json:"forwardedHeaders"`
	ForwardedQueryStrings *QueryStringObject `json:"forwardedQueryStrings"`
}

// CookieObject says which cookies are forwarded to the origin.
type CookieObject struct {
	Option           ForwardValues `json:"option"`
	CookiesAllowList []string      `json:"cookiesAllowList"` // names; for an Option of allow-list
}

// ForwardValues says which of something is forwarded.
type ForwardValues string

// Values of ForwardValues.
const (
	ForwardValuesNone      ForwardValues = "none"
	ForwardValuesAllowList ForwardValues = "allow-list"
	ForwardValuesAll       ForwardValues = "all"
)

// HeaderObject says which headers are forwarded to the origin.
type HeaderObject struct {
	Option           ForwardValues `json:"option"`
	HeadersAllowList []HeaderEnum  `json:"headersAllowList"` // for an Option of allow-list
}

// HeaderEnum is a header that may be forwarded.
type HeaderEnum string

// Values of HeaderEnum.
const (
	HeaderEnumAccept                    HeaderEnum = "Accept"
	HeaderEnumAcceptCharset             HeaderEnum = "Accept-Charset"
	HeaderEnumAcceptDatetime            HeaderEnum = "Accept-Datetime"
	HeaderEnumAcceptEncoding            HeaderEnum = "Accept-Encoding"
	HeaderEnumAcceptLanguage            HeaderEnum = "Accept-Language"
	HeaderEnumAuthorization             HeaderEnum = "Authorization"
	HeaderEnumCloudFrontForwardedProto  HeaderEnum = "CloudFront-Forwarded-Proto"
	HeaderEnumCloudFrontIsDesktopViewer HeaderEnum = "CloudFront-Is-Desktop-Viewer"
	HeaderEnumCloudFrontIsMobileViewer  HeaderEnum = "CloudFront-Is-Mobile-Viewer"
	HeaderEnumCloudFrontIsSmartTVViewer HeaderEnum = "CloudFront-Is-SmartTV-Viewer"
	HeaderEnumCloudFrontIsTabletViewer  HeaderEnum = "CloudFront-Is-Tablet-Viewer"
	HeaderEnumCloudFrontViewerCountry   HeaderEnum = "CloudFront-Viewer-Country"
	HeaderEnumHost                      HeaderEnum = "Host"
	HeaderEnumOrigin                    HeaderEnum = "Origin"
	HeaderEnumReferer                   HeaderEnum = "Referer"
)

// QueryStringObject says which query parameters are forwarded to the origin.
type QueryStringObject struct {
	Option                *bool    `json:"option"`                // whether they are
	QueryStringsAllowList []string `json:"queryStringsAllowList"` // names; only these are forwarded
}

// CacheBehaviorPerPath says whether the content below a path is cached.
type CacheBehaviorPerPath struct {
	Path     string       `json:"path"` // of a folder or file: "images/*"
	Behavior BehaviorEnum `json:"behavior"`
}

// ViewerMinimumTlsProtocolVersionEnum is the oldest version of TLS, with its
// choice of ciphers, that visitors may use.
type ViewerMinimumTlsProtocolVersionEnum string

// Values of ViewerMinimumTlsProtocolVersionEnum.
const (
	ViewerMinimumTlsProtocolVersionEnumTLSv112016 ViewerMinimumTlsProtocolVersionEnum = "TLSv1.1_2016"
	ViewerMinimumTlsProtocolVersionEnumTLSv122018 ViewerMinimumTlsProtocolVersionEnum = "TLSv1.2_2018"
	ViewerMinimumTlsProtocolVersionEnumTLSv122019 ViewerMinimumTlsProtocolVersionEnum = "TLSv1.2_2019"
	ViewerMinimumTlsProtocolVersionEnumTLSv122021 ViewerMinimumTlsProtocolVersionEnum = "TLSv1.2_2021"
)

// LightsailDistribution is a distribution and how it is set up.
type LightsailDistribution struct {
	Name                            string                 `json:"name"`
	Arn                             string                 `json:"arn"`
	SupportCode                     string                 `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt                       time.Time              `json:"createdAt"`
	Location                        ResourceLocation       `json:"location"` // always us-east-1
	ResourceType                    ResourceType           `json:"resourceType"`
	AlternativeDomainNames          []string               `json:"alternativeDomainNames"` // of its certificate
	Status                          string                 `json:"status"`
	IsEnabled                       bool                   `json:"isEnabled"`  // it answers visitors
	DomainName                      string                 `json:"domainName"` // what it is reached by without a certificate of one's own
	BundleId                        string                 `json:"bundleId"`
	CertificateName                 string                 `json:"certificateName"`
	Origin                          Origin                 `json:"origin"`
	OriginPublicDNS                 string                 `json:"originPublicDNS"` // what it asks the origin by
	DefaultCacheBehavior            CacheBehavior          `json:"defaultCacheBehavior"`
	CacheBehaviorSettings           CacheSettings          `json:"cacheBehaviorSettings"`
	CacheBehaviors                  []CacheBehaviorPerPath `json:"cacheBehaviors"`
	AbleToUpdateBundle              bool                   `json:"ableToUpdateBundle"` // once in a month of billing
	IpAddressType                   IpAddressType          `json:"ipAddressType"`
	Tags                            []Tag                  `json:"tags"`
	ViewerMinimumTlsProtocolVersion string                 `json:"viewerMinimumTlsProtocolVersion"`
}

// Origin is where a distribution gets its content.
type Origin struct {
	Name            string                   `json:"name"`
	ResourceType    ResourceType             `json:"resourceType"` // of the resource that Name names
	RegionName      RegionName               `json:"regionName"`
	ProtocolPolicy  OriginProtocolPolicyEnum `json:"protocolPolicy"`
	ResponseTimeout int32                    `json:"responseTimeout"` // seconds
	IpAddressType   OriginIpAddressTypeEnum  `json:"ipAddressType"`
}

// GetDistributions returns one distribution, or all.
//
// Errors: [ErrNotFound] where DistributionName names none; [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDistributions.html
func (c *Client) GetDistributions(ctx context.Context, in *GetDistributionsInput, opts ...Option) (*GetDistributionsOutput, error) {
	return invoke[GetDistributionsOutput](ctx, c, opGetDistributions, in, opts)
}

var opGetDistributions = &pipeline.Operation{Name: "GetDistributions", Method: "POST", Path: "/"}

type GetDistributionsInput struct {
	DistributionName string `json:"distributionName"` // empty: all
	PageToken        string `json:"pageToken"`        // from the page before; the service sets the page's size
}

type GetDistributionsOutput struct {
	Distributions []LightsailDistribution `json:"distributions"`
	NextPageToken string                  `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the distributions of the page.
func (out *GetDistributionsOutput) Items() []LightsailDistribution { return out.Distributions }

// NextPage makes next the request for the page after out.
func (out *GetDistributionsOutput) NextPage(next *GetDistributionsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// UpdateDistribution changes how a distribution is set up. What the input leaves
// out stays as it is. Wait for the operation with [OperationSucceeded].
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateDistribution.html
func (c *Client) UpdateDistribution(ctx context.Context, in *UpdateDistributionInput, opts ...Option) (*UpdateDistributionOutput, error) {
	return invoke[UpdateDistributionOutput](ctx, c, opUpdateDistribution, in, opts)
}

var opUpdateDistribution = &pipeline.Operation{Name: "UpdateDistribution", Method: "POST", Path: "/"}

type UpdateDistributionInput struct {
	DistributionName                string                              `json:"distributionName,required,min1"`
	Origin                          *InputOrigin                        `json:"origin"`
	DefaultCacheBehavior            *CacheBehavior                      `json:"defaultCacheBehavior"`
	CacheBehaviorSettings           *CacheSettings                      `json:"cacheBehaviorSettings"`
	CacheBehaviors                  []CacheBehaviorPerPath              `json:"cacheBehaviors"` // of single paths
	IsEnabled                       *bool                               `json:"isEnabled"`      // false: it answers nobody
	ViewerMinimumTlsProtocolVersion ViewerMinimumTlsProtocolVersionEnum `json:"viewerMinimumTlsProtocolVersion"`
	CertificateName                 string                              `json:"certificateName"` // of a certificate that has been issued; its domains are served

	// UseDefaultCertificate takes the certificate off: the distribution is then
	// reached by its own DomainName alone.
	UseDefaultCertificate *bool `json:"useDefaultCertificate"`
}

type UpdateDistributionOutput struct {
	Operation Operation `json:"operation"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateDistributionBundle changes the plan of a distribution, at most once in a
// month of billing.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateDistributionBundle.html
func (c *Client) UpdateDistributionBundle(ctx context.Context, in *UpdateDistributionBundleInput, opts ...Option) (*UpdateDistributionBundleOutput, error) {
	return invoke[UpdateDistributionBundleOutput](ctx, c, opUpdateDistributionBundle, in, opts)
}

var opUpdateDistributionBundle = &pipeline.Operation{Name: "UpdateDistributionBundle", Method: "POST", Path: "/"}

type UpdateDistributionBundleInput struct {
	DistributionName string `json:"distributionName"`
	BundleId         string `json:"bundleId"` // of those that GetDistributionBundles lists
}

type UpdateDistributionBundleOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteDistribution deletes a distribution. The origin stays.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteDistribution.html
func (c *Client) DeleteDistribution(ctx context.Context, in *DeleteDistributionInput, opts ...Option) (*DeleteDistributionOutput, error) {
	return invoke[DeleteDistributionOutput](ctx, c, opDeleteDistribution, in, opts)
}

var opDeleteDistribution = &pipeline.Operation{Name: "DeleteDistribution", Method: "POST", Path: "/"}

type DeleteDistributionInput struct {
	DistributionName string `json:"distributionName"`
}

type DeleteDistributionOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// GetDistributionBundles returns the plans that a distribution may have.
//
// Errors: [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDistributionBundles.html
func (c *Client) GetDistributionBundles(ctx context.Context, in *GetDistributionBundlesInput, opts ...Option) (*GetDistributionBundlesOutput, error) {
	return invoke[GetDistributionBundlesOutput](ctx, c, opGetDistributionBundles, in, opts)
}

var opGetDistributionBundles = &pipeline.Operation{Name: "GetDistributionBundles", Method: "POST", Path: "/"}

type GetDistributionBundlesInput struct{}

type GetDistributionBundlesOutput struct {
	Bundles []DistributionBundle `json:"bundles"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DistributionBundle is a plan: how much a distribution may send in a month.
type DistributionBundle struct {
	BundleId             string  `json:"bundleId"`
	Name                 string  `json:"name"`
	Price                float64 `json:"price"`                // in US dollars a month
	TransferPerMonthInGb int32   `json:"transferPerMonthInGb"` // more is paid for by the GB
	IsActive             bool    `json:"isActive"`             // it can be chosen
}

// GetDistributionLatestCacheReset tells when the cache of a distribution was last
// emptied.
//
// Errors: [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDistributionLatestCacheReset.html
func (c *Client) GetDistributionLatestCacheReset(ctx context.Context, in *GetDistributionLatestCacheResetInput, opts ...Option) (*GetDistributionLatestCacheResetOutput, error) {
	return invoke[GetDistributionLatestCacheResetOutput](ctx, c, opGetDistributionLatestCacheReset, in, opts)
}

var opGetDistributionLatestCacheReset = &pipeline.Operation{Name: "GetDistributionLatestCacheReset", Method: "POST", Path: "/"}

type GetDistributionLatestCacheResetInput struct {
	DistributionName string `json:"distributionName"` // empty: of all distributions
}

type GetDistributionLatestCacheResetOutput struct {
	Status     string    `json:"status"`
	CreateTime time.Time `json:"createTime"` // when the reset was asked for

	ResponseMetadata entrepot.ResponseMetadata
}

// ResetDistributionCache empties the cache of a distribution: all content is got
// from the origin again.
//
// Errors: [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_ResetDistributionCache.html
func (c *Client) ResetDistributionCache(ctx context.Context, in *ResetDistributionCacheInput, opts ...Option) (*ResetDistributionCacheOutput, error) {
	return invoke[ResetDistributionCacheOutput](ctx, c, opResetDistributionCache, in, opts)
}

var opResetDistributionCache = &pipeline.Operation{Name: "ResetDistributionCache", Method: "POST", Path: "/"}

type ResetDistributionCacheInput struct {
	DistributionName string `json:"distributionName"`
}

type ResetDistributionCacheOutput struct {
	Status     string    `json:"status"`
	CreateTime time.Time `json:"createTime"` // when the reset was asked for
	Operation  Operation `json:"operation"`  // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// GetDistributionMetricData returns what was measured of a distribution.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDistributionMetricData.html
func (c *Client) GetDistributionMetricData(ctx context.Context, in *GetDistributionMetricDataInput, opts ...Option) (*GetDistributionMetricDataOutput, error) {
	return invoke[GetDistributionMetricDataOutput](ctx, c, opGetDistributionMetricData, in, opts)
}

var opGetDistributionMetricData = &pipeline.Operation{Name: "GetDistributionMetricData", Method: "POST", Path: "/"}

// GetDistributionMetricDataInput says what is asked for. Of Requests and the two
// of bytes, the unit is None and the statistic Sum; of the rates of errors,
// Percent and Average.
type GetDistributionMetricDataInput struct {
	DistributionName string                 `json:"distributionName,required,min1"`
	MetricName       DistributionMetricName `json:"metricName,required,min1"`
	StartTime        time.Time              `json:"startTime,required"`
	EndTime          time.Time              `json:"endTime,required"`
	Period           int32                  `json:"period,required"` // seconds that an item stands for, 60 to 86,400
	Unit             MetricUnit             `json:"unit,required,min1"`
	Statistics       []MetricStatistic      `json:"statistics,required"`
}

type GetDistributionMetricDataOutput struct {
	MetricName DistributionMetricName `json:"metricName"`
	MetricData []MetricDatapoint      `json:"metricData"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DistributionMetricName is what is measured of a distribution. Uploaded is what
// visitors have sent to the origin, downloaded what they got.
type DistributionMetricName string

// Values of DistributionMetricName.
const (
	DistributionMetricNameRequests         DistributionMetricName = "Requests"
	DistributionMetricNameBytesDownloaded  DistributionMetricName = "BytesDownloaded"
	DistributionMetricNameBytesUploaded    DistributionMetricName = "BytesUploaded"
	DistributionMetricNameTotalErrorRate   DistributionMetricName = "TotalErrorRate"
	DistributionMetricNameHttp4xxErrorRate DistributionMetricName = "Http4xxErrorRate"
	DistributionMetricNameHttp5xxErrorRate DistributionMetricName = "Http5xxErrorRate"
)

// AttachCertificateToDistribution gives a distribution a certificate: it is then
// reached by HTTPS at all domains of the certificate, once their DNS records
// point to it. The certificate has to be issued; a distribution has one.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_AttachCertificateToDistribution.html
func (c *Client) AttachCertificateToDistribution(ctx context.Context, in *AttachCertificateToDistributionInput, opts ...Option) (*AttachCertificateToDistributionOutput, error) {
	return invoke[AttachCertificateToDistributionOutput](ctx, c, opAttachCertificateToDistribution, in, opts)
}

var opAttachCertificateToDistribution = &pipeline.Operation{Name: "AttachCertificateToDistribution", Method: "POST", Path: "/"}

type AttachCertificateToDistributionInput struct {
	DistributionName string `json:"distributionName,required,min1"`
	CertificateName  string `json:"certificateName,required,min1"`
}

type AttachCertificateToDistributionOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// DetachCertificateFromDistribution takes the certificate off a distribution,
// which then answers no more at the certificate's domains.
//
// Errors: [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DetachCertificateFromDistribution.html
func (c *Client) DetachCertificateFromDistribution(ctx context.Context, in *DetachCertificateFromDistributionInput, opts ...Option) (*DetachCertificateFromDistributionOutput, error) {
	return invoke[DetachCertificateFromDistributionOutput](ctx, c, opDetachCertificateFromDistribution, in, opts)
}

var opDetachCertificateFromDistribution = &pipeline.Operation{Name: "DetachCertificateFromDistribution", Method: "POST", Path: "/"}

type DetachCertificateFromDistributionInput struct {
	DistributionName string `json:"distributionName,required,min1"`
}

type DetachCertificateFromDistributionOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}
