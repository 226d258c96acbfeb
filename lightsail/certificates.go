package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateCertificate asks for a certificate for a distribution or a container
// service; those of load balancers are made by
// [Client.CreateLoadBalancerTlsCertificate]. It is issued once the owner of the
// domains has put the records in DomainValidationRecords into their DNS. Then
// [Client.AttachCertificateToDistribution] or [Client.UpdateContainerService]
// puts it to use.
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateCertificate.html
func (c *Client) CreateCertificate(ctx context.Context, in *CreateCertificateInput, opts ...Option) (*CreateCertificateOutput, error) {
	return invoke[CreateCertificateOutput](ctx, c, opCreateCertificate, in, opts)
}

var opCreateCertificate = &pipeline.Operation{Name: "CreateCertificate", Method: "POST", Path: "/"}

type CreateCertificateInput struct {
	CertificateName         string   `json:"certificateName,required"`
	DomainName              string   `json:"domainName,required"`     // "example.com"
	SubjectAlternativeNames []string `json:"subjectAlternativeNames"` // more domains, at most nine; none with an asterisk
	Tags                    []Tag    `json:"tags"`                    // at most 50
}

type CreateCertificateOutput struct {
	Certificate CertificateSummary `json:"certificate"`
	Operations  []Operation        `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// CertificateSummary is a certificate, in short or with all that is known.
type CertificateSummary struct {
	CertificateArn    string      `json:"certificateArn"`
	CertificateName   string      `json:"certificateName"`
	DomainName        string      `json:"domainName"`
	CertificateDetail Certificate `json:"certificateDetail"` // on request; see GetCertificatesInput
	Tags              []Tag       `json:"tags"`
}

// Certificate is a certificate of a distribution or of container services.
type Certificate struct {
	Arn                     string                   `json:"arn"`
	Name                    string                   `json:"name"`
	DomainName              string                   `json:"domainName"`
	Status                  CertificateStatus        `json:"status"`
	SerialNumber            string                   `json:"serialNumber"`
	SubjectAlternativeNames []string                 `json:"subjectAlternativeNames"` // all domains that it is good for
	DomainValidationRecords []DomainValidationRecord `json:"domainValidationRecords"` // to be put into the domains' DNS
	RequestFailureReason    string                   `json:"requestFailureReason"`    // when Status is FAILED
	InUseResourceCount      int32                    `json:"inUseResourceCount"`      // distributions or container services that it serves
	KeyAlgorithm            string                   `json:"keyAlgorithm"`            // of its key pair
	CreatedAt               time.Time                `json:"createdAt"`
	IssuedAt                time.Time                `json:"issuedAt"`
	IssuerCA                string                   `json:"issuerCA"`  // the authority that has signed it
	NotBefore               time.Time                `json:"notBefore"` // the first moment at which it is valid
	NotAfter                time.Time                `json:"notAfter"`  // the last
	EligibleToRenew         string                   `json:"eligibleToRenew"`
	RenewalSummary          RenewalSummary           `json:"renewalSummary"`
	RevokedAt               time.Time                `json:"revokedAt"`
	RevocationReason        string                   `json:"revocationReason"` // when Status is REVOKED
	Tags                    []Tag                    `json:"tags"`
	SupportCode             string                   `json:"supportCode"` // what Lightsail's support asks for
}

// CertificateStatus tells how far a certificate is.
type CertificateStatus string

// Values of CertificateStatus.
const (
	CertificateStatusPendingValidation  CertificateStatus = "PENDING_VALIDATION"
	CertificateStatusIssued             CertificateStatus = "ISSUED"
	CertificateStatusInactive           CertificateStatus = "INACTIVE"
	CertificateStatusExpired            CertificateStatus = "EXPIRED"
	CertificateStatusValidationTimedOut CertificateStatus = "VALIDATION_TIMED_OUT"
	CertificateStatusRevoked            CertificateStatus = "REVOKED"
	CertificateStatusFailed             CertificateStatus = "FAILED"
)

// DomainValidationRecord is a DNS record that proves that one owns a domain.
type DomainValidationRecord struct {
	DomainName             string                            `json:"domainName"`             // that it proves
	ResourceRecord         ResourceRecord                    `json:"resourceRecord"`         // to be put into the domain's DNS
	DnsRecordCreationState DnsRecordCreationState            `json:"dnsRecordCreationState"` // where Lightsail itself writes the record
	ValidationStatus       CertificateDomainValidationStatus `json:"validationStatus"`
}

// ResourceRecord is a record of the DNS.
type ResourceRecord struct {
	Name  string `json:"name"`
	Type  string `json:"type"` // such as "CNAME"
	Value string `json:"value"`
}

// DnsRecordCreationState tells whether Lightsail has written a validation record
// into a domain's DNS.
type DnsRecordCreationState struct {
	Code    DnsRecordCreationStateCode `json:"code"`
	Message string                     `json:"message"`
}

// DnsRecordCreationStateCode is the state in one word.
type DnsRecordCreationStateCode string

// Values of DnsRecordCreationStateCode.
const (
	DnsRecordCreationStateCodeSucceeded DnsRecordCreationStateCode = "SUCCEEDED"
	DnsRecordCreationStateCodeStarted   DnsRecordCreationStateCode = "STARTED"
	DnsRecordCreationStateCodeFailed    DnsRecordCreationStateCode = "FAILED"
)

// CertificateDomainValidationStatus tells whether it is proved who owns a domain.
type CertificateDomainValidationStatus string

// Values of CertificateDomainValidationStatus.
const (
	CertificateDomainValidationStatusPendingValidation CertificateDomainValidationStatus = "PENDING_VALIDATION"
	CertificateDomainValidationStatusFailed            CertificateDomainValidationStatus = "FAILED"
	CertificateDomainValidationStatusSuccess           CertificateDomainValidationStatus = "SUCCESS"
)

// RenewalSummary tells how the renewal of a certificate goes. Lightsail begins it
// by itself.
type RenewalSummary struct {
	DomainValidationRecords []DomainValidationRecord `json:"domainValidationRecords"`
	RenewalStatus           RenewalStatus            `json:"renewalStatus"`
	RenewalStatusReason     string                   `json:"renewalStatusReason"`
	UpdatedAt               time.Time                `json:"updatedAt"`
}

// RenewalStatus tells how far the renewal is.
type RenewalStatus string

// Values of RenewalStatus.
const (
	RenewalStatusPendingAutoRenewal RenewalStatus = "PendingAutoRenewal"
	RenewalStatusPendingValidation  RenewalStatus = "PendingValidation"
	RenewalStatusSuccess            RenewalStatus = "Success"
	RenewalStatusFailed             RenewalStatus = "Failed"
)

// GetCertificates returns one certificate, or all certificates of distributions
// and container services.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetCertificates.html
func (c *Client) GetCertificates(ctx context.Context, in *GetCertificatesInput, opts ...Option) (*GetCertificatesOutput, error) {
	return invoke[GetCertificatesOutput](ctx, c, opGetCertificates, in, opts)
}

var opGetCertificates = &pipeline.Operation{Name: "GetCertificates", Method: "POST", Path: "/"}

type GetCertificatesInput struct {
	CertificateStatuses       []CertificateStatus `json:"certificateStatuses"`       // only those in one of these; nil: all
	IncludeCertificateDetails *bool               `json:"includeCertificateDetails"` // fills CertificateSummary.CertificateDetail
	CertificateName           string              `json:"certificateName"`           // empty: all
	PageToken                 string              `json:"pageToken"`                 // from the page before; the service sets the page's size
}

type GetCertificatesOutput struct {
	Certificates  []CertificateSummary `json:"certificates"`
	NextPageToken string               `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the certificates of the page.
func (out *GetCertificatesOutput) Items() []CertificateSummary { return out.Certificates }

// NextPage makes next the request for the page after out.
func (out *GetCertificatesOutput) NextPage(next *GetCertificatesInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// DeleteCertificate deletes a certificate. One that is in use has to be detached
// first.
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteCertificate.html
func (c *Client) DeleteCertificate(ctx context.Context, in *DeleteCertificateInput, opts ...Option) (*DeleteCertificateOutput, error) {
	return invoke[DeleteCertificateOutput](ctx, c, opDeleteCertificate, in, opts)
}

var opDeleteCertificate = &pipeline.Operation{Name: "DeleteCertificate", Method: "POST", Path: "/"}

type DeleteCertificateInput struct {
	CertificateName string `json:"certificateName,required"`
}

type DeleteCertificateOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}
