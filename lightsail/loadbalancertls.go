package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateLoadBalancerTlsCertificate asks for a certificate for a load balancer. It
// is issued once the owner of the domains has put the records that
// [Client.GetLoadBalancerTlsCertificates] shows into their DNS; then
// [Client.AttachLoadBalancerTlsCertificate] puts it to use. A load balancer has
// at most two.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateLoadBalancerTlsCertificate.html
func (c *Client) CreateLoadBalancerTlsCertificate(ctx context.Context, in *CreateLoadBalancerTlsCertificateInput, opts ...Option) (*CreateLoadBalancerTlsCertificateOutput, error) {
	return invoke[CreateLoadBalancerTlsCertificateOutput](ctx, c, opCreateLoadBalancerTlsCertificate, in, opts)
}

var opCreateLoadBalancerTlsCertificate = &pipeline.Operation{Name: "CreateLoadBalancerTlsCertificate", Method: "POST", Path: "/"}

type CreateLoadBalancerTlsCertificateInput struct {
	LoadBalancerName            string   `json:"loadBalancerName,required,min1"`
	CertificateName             string   `json:"certificateName,required,min1"`
	CertificateDomainName       string   `json:"certificateDomainName,required"` // "example.com"
	CertificateAlternativeNames []string `json:"certificateAlternativeNames"`    // more domains, at most nine; none with an asterisk
	Tags                        []Tag    `json:"tags"`                           // at most 50
}

type CreateLoadBalancerTlsCertificateOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetLoadBalancerTlsCertificates returns the certificates of a load balancer, at
// most two: one that is attached, and one that is to replace it or was replaced.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetLoadBalancerTlsCertificates.html
func (c *Client) GetLoadBalancerTlsCertificates(ctx context.Context, in *GetLoadBalancerTlsCertificatesInput, opts ...Option) (*GetLoadBalancerTlsCertificatesOutput, error) {
	return invoke[GetLoadBalancerTlsCertificatesOutput](ctx, c, opGetLoadBalancerTlsCertificates, in, opts)
}

var opGetLoadBalancerTlsCertificates = &pipeline.Operation{Name: "GetLoadBalancerTlsCertificates", Method: "POST", Path: "/"}

type GetLoadBalancerTlsCertificatesInput struct {
	LoadBalancerName string `json:"loadBalancerName,required,min1"`
}

type GetLoadBalancerTlsCertificatesOutput struct {
	TlsCertificates []LoadBalancerTlsCertificate `json:"tlsCertificates"`

	ResponseMetadata entrepot.ResponseMetadata
}

// LoadBalancerTlsCertificate is a certificate of a load balancer.
type LoadBalancerTlsCertificate struct {
	Name                    string                                             `json:"name"`
	Arn                     string                                             `json:"arn"`
	SupportCode             string                                             `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt               time.Time                                          `json:"createdAt"`
	Location                ResourceLocation                                   `json:"location"`
	ResourceType            ResourceType                                       `json:"resourceType"`
	Tags                    []Tag                                              `json:"tags"`
	LoadBalancerName        string                                             `json:"loadBalancerName"`
	IsAttached              bool                                               `json:"isAttached"` // it is the one in use
	Status                  LoadBalancerTlsCertificateStatus                   `json:"status"`
	DomainName              string                                             `json:"domainName"`
	DomainValidationRecords []LoadBalancerTlsCertificateDomainValidationRecord `json:"domainValidationRecords"` // to be put into the domains' DNS
	FailureReason           LoadBalancerTlsCertificateFailureReason            `json:"failureReason"`           // when Status is FAILED
	IssuedAt                time.Time                                          `json:"issuedAt"`
	Issuer                  string                                             `json:"issuer"`       // the authority that has signed it
	KeyAlgorithm            string                                             `json:"keyAlgorithm"` // of its key pair

	NotAfter                time.Time                                  `json:"notAfter"`  // the last moment at which it is valid
	NotBefore               time.Time                                  `json:"notBefore"` // the first
	RenewalSummary          LoadBalancerTlsCertificateRenewalSummary   `json:"renewalSummary"`
	RevocationReason        LoadBalancerTlsCertificateRevocationReason `json:"revocationReason"` // when Status is REVOKED
	RevokedAt               time.Time                                  `json:"revokedAt"`
	Serial                  string                                     `json:"serial"`
	SignatureAlgorithm      string                                     `json:"signatureAlgorithm"`
	Subject                 string                                     `json:"subject"`
	SubjectAlternativeNames []string                                   `json:"subjectAlternativeNames"` // all domains that it is good for
}

// LoadBalancerTlsCertificateStatus tells how far a certificate is.
type LoadBalancerTlsCertificateStatus string

// Values of LoadBalancerTlsCertificateStatus.
const (
	LoadBalancerTlsCertificateStatusPendingValidation  LoadBalancerTlsCertificateStatus = "PENDING_VALIDATION"
	LoadBalancerTlsCertificateStatusIssued             LoadBalancerTlsCertificateStatus = "ISSUED"
	LoadBalancerTlsCertificateStatusInactive           LoadBalancerTlsCertificateStatus = "INACTIVE"
	LoadBalancerTlsCertificateStatusExpired            LoadBalancerTlsCertificateStatus = "EXPIRED"
	LoadBalancerTlsCertificateStatusValidationTimedOut LoadBalancerTlsCertificateStatus = "VALIDATION_TIMED_OUT"
	LoadBalancerTlsCertificateStatusRevoked            LoadBalancerTlsCertificateStatus = "REVOKED"
	LoadBalancerTlsCertificateStatusFailed             LoadBalancerTlsCertificateStatus = "FAILED"
	LoadBalancerTlsCertificateStatusUnknown            LoadBalancerTlsCertificateStatus = "UNKNOWN"
)

// LoadBalancerTlsCertificateDomainValidationRecord is a DNS record that proves
// that one owns a domain.
type LoadBalancerTlsCertificateDomainValidationRecord struct {
	Name                   string                                           `json:"name"` // with Type and Value the record
	Type                   string                                           `json:"type"`
	Value                  string                                           `json:"value"`
	ValidationStatus       LoadBalancerTlsCertificateDomainStatus           `json:"validationStatus"`
	DomainName             string                                           `json:"domainName"`             // that it proves
	DnsRecordCreationState LoadBalancerTlsCertificateDnsRecordCreationState `json:"dnsRecordCreationState"` // where Lightsail itself writes the record
}

// LoadBalancerTlsCertificateDomainStatus tells whether it is proved who owns a
// domain.
type LoadBalancerTlsCertificateDomainStatus string

// Values of LoadBalancerTlsCertificateDomainStatus.
const (
	LoadBalancerTlsCertificateDomainStatusPendingValidation LoadBalancerTlsCertificateDomainStatus = "PENDING_VALIDATION"
	LoadBalancerTlsCertificateDomainStatusFailed            LoadBalancerTlsCertificateDomainStatus = "FAILED"
	LoadBalancerTlsCertificateDomainStatusSuccess           LoadBalancerTlsCertificateDomainStatus = "SUCCESS"
)

// LoadBalancerTlsCertificateDnsRecordCreationState tells whether Lightsail has
// written a validation record into a domain's DNS.
type LoadBalancerTlsCertificateDnsRecordCreationState struct {
	Code    LoadBalancerTlsCertificateDnsRecordCreationStateCode `json:"code"`
	Message string                                               `json:"message"`
}

// LoadBalancerTlsCertificateDnsRecordCreationStateCode is the state in one word.
type LoadBalancerTlsCertificateDnsRecordCreationStateCode string

// Values of LoadBalancerTlsCertificateDnsRecordCreationStateCode.
const (
	LoadBalancerTlsCertificateDnsRecordCreationStateCodeSucceeded LoadBalancerTlsCertificateDnsRecordCreationStateCode = "SUCCEEDED"
	LoadBalancerTlsCertificateDnsRecordCreationStateCodeStarted   LoadBalancerTlsCertificateDnsRecordCreationStateCode = "STARTED"
	LoadBalancerTlsCertificateDnsRecordCreationStateCodeFailed    LoadBalancerTlsCertificateDnsRecordCreationStateCode = "FAILED"
)

// LoadBalancerTlsCertificateFailureReason is why a certificate was not issued.
type LoadBalancerTlsCertificateFailureReason string

// Values of LoadBalancerTlsCertificateFailureReason.
const (
	LoadBalancerTlsCertificateFailureReasonNoAvailableContacts            LoadBalancerTlsCertificateFailureReason = "NO_AVAILABLE_CONTACTS"
	LoadBalancerTlsCertificateFailureReasonAdditionalVerificationRequired LoadBalancerTlsCertificateFailureReason = "ADDITIONAL_VERIFICATION_REQUIRED"
	LoadBalancerTlsCertificateFailureReasonDomainNotAllowed               LoadBalancerTlsCertificateFailureReason = "DOMAIN_NOT_ALLOWED"
	LoadBalancerTlsCertificateFailureReasonInvalidPublicDomain            LoadBalancerTlsCertificateFailureReason = "INVALID_PUBLIC_DOMAIN"
	LoadBalancerTlsCertificateFailureReasonOther                          LoadBalancerTlsCertificateFailureReason = "OTHER"
)

// LoadBalancerTlsCertificateRenewalSummary tells how the renewal of a certificate
// goes. Lightsail begins it by itself.
type LoadBalancerTlsCertificateRenewalSummary struct {
	RenewalStatus           LoadBalancerTlsCertificateRenewalStatus            `json:"renewalStatus"`
	DomainValidationOptions []LoadBalancerTlsCertificateDomainValidationOption `json:"domainValidationOptions"`
}

// LoadBalancerTlsCertificateRenewalStatus tells how far the renewal is.
type LoadBalancerTlsCertificateRenewalStatus string

// Values of LoadBalancerTlsCertificateRenewalStatus.
const (
	LoadBalancerTlsCertificateRenewalStatusPendingAutoRenewal LoadBalancerTlsCertificateRenewalStatus = "PENDING_AUTO_RENEWAL"
	LoadBalancerTlsCertificateRenewalStatusPendingValidation  LoadBalancerTlsCertificateRenewalStatus = "PENDING_VALIDATION"
	LoadBalancerTlsCertificateRenewalStatusSuccess            LoadBalancerTlsCertificateRenewalStatus = "SUCCESS"
	LoadBalancerTlsCertificateRenewalStatusFailed             LoadBalancerTlsCertificateRenewalStatus = "FAILED"
)

// LoadBalancerTlsCertificateDomainValidationOption tells whether a domain of a
// renewed certificate is validated.
type LoadBalancerTlsCertificateDomainValidationOption struct {
	DomainName       string                                 `json:"domainName"`
	ValidationStatus LoadBalancerTlsCertificateDomainStatus `json:"validationStatus"`
}

// LoadBalancerTlsCertificateRevocationReason is why a certificate was revoked.
type LoadBalancerTlsCertificateRevocationReason string

// Values of LoadBalancerTlsCertificateRevocationReason.
const (
	LoadBalancerTlsCertificateRevocationReasonUnspecified          LoadBalancerTlsCertificateRevocationReason = "UNSPECIFIED"
	LoadBalancerTlsCertificateRevocationReasonKeyCompromise        LoadBalancerTlsCertificateRevocationReason = "KEY_COMPROMISE"
	LoadBalancerTlsCertificateRevocationReasonCaCompromise         LoadBalancerTlsCertificateRevocationReason = "CA_COMPROMISE"
	LoadBalancerTlsCertificateRevocationReasonAffiliationChanged   LoadBalancerTlsCertificateRevocationReason = "AFFILIATION_CHANGED"
	LoadBalancerTlsCertificateRevocationReasonSuperceded           LoadBalancerTlsCertificateRevocationReason = "SUPERCEDED"
	LoadBalancerTlsCertificateRevocationReasonCessationOfOperation LoadBalancerTlsCertificateRevocationReason = "CESSATION_OF_OPERATION"
	LoadBalancerTlsCertificateRevocationReasonCertificateHold      LoadBalancerTlsCertificateRevocationReason = "CERTIFICATE_HOLD"
	LoadBalancerTlsCertificateRevocationReasonRemoveFromCrl        LoadBalancerTlsCertificateRevocationReason = "REMOVE_FROM_CRL"
	LoadBalancerTlsCertificateRevocationReasonPrivilegeWithdrawn   LoadBalancerTlsCertificateRevocationReason = "PRIVILEGE_WITHDRAWN"
	LoadBalancerTlsCertificateRevocationReasonAACompromise         LoadBalancerTlsCertificateRevocationReason = "A_A_COMPROMISE"
)

// AttachLoadBalancerTlsCertificate puts a certificate that has been issued to
// use, in the place of the one that was attached before.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_AttachLoadBalancerTlsCertificate.html
func (c *Client) AttachLoadBalancerTlsCertificate(ctx context.Context, in *AttachLoadBalancerTlsCertificateInput, opts ...Option) (*AttachLoadBalancerTlsCertificateOutput, error) {
	return invoke[AttachLoadBalancerTlsCertificateOutput](ctx, c, opAttachLoadBalancerTlsCertificate, in, opts)
}

var opAttachLoadBalancerTlsCertificate = &pipeline.Operation{Name: "AttachLoadBalancerTlsCertificate", Method: "POST", Path: "/"}

type AttachLoadBalancerTlsCertificateInput struct {
	LoadBalancerName string `json:"loadBalancerName,required,min1"`
	CertificateName  string `json:"certificateName,required,min1"`
}

type AttachLoadBalancerTlsCertificateOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteLoadBalancerTlsCertificate deletes a certificate of a load balancer. One
// that is in use is deleted only by force.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteLoadBalancerTlsCertificate.html
func (c *Client) DeleteLoadBalancerTlsCertificate(ctx context.Context, in *DeleteLoadBalancerTlsCertificateInput, opts ...Option) (*DeleteLoadBalancerTlsCertificateOutput, error) {
	return invoke[DeleteLoadBalancerTlsCertificateOutput](ctx, c, opDeleteLoadBalancerTlsCertificate, in, opts)
}

var opDeleteLoadBalancerTlsCertificate = &pipeline.Operation{Name: "DeleteLoadBalancerTlsCertificate", Method: "POST", Path: "/"}

type DeleteLoadBalancerTlsCertificateInput struct {
	LoadBalancerName string `json:"loadBalancerName,required,min1"`
	CertificateName  string `json:"certificateName,required,min1"`
	Force            *bool  `json:"force"` // also when instances are served with it
}

type DeleteLoadBalancerTlsCertificateOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetLoadBalancerTlsPolicies returns the policies that a load balancer may have:
// which versions of TLS and which ciphers it takes.
//
// Errors: [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetLoadBalancerTlsPolicies.html
func (c *Client) GetLoadBalancerTlsPolicies(ctx context.Context, in *GetLoadBalancerTlsPoliciesInput, opts ...Option) (*GetLoadBalancerTlsPoliciesOutput, error) {
	return invoke[GetLoadBalancerTlsPoliciesOutput](ctx, c, opGetLoadBalancerTlsPolicies, in, opts)
}

var opGetLoadBalancerTlsPolicies = &pipeline.Operation{Name: "GetLoadBalancerTlsPolicies", Method: "POST", Path: "/"}

type GetLoadBalancerTlsPoliciesInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetLoadBalancerTlsPoliciesOutput struct {
	TlsPolicies   []LoadBalancerTlsPolicy `json:"tlsPolicies"`
	NextPageToken string                  `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the policies of the page.
func (out *GetLoadBalancerTlsPoliciesOutput) Items() []LoadBalancerTlsPolicy { return out.TlsPolicies }

// NextPage makes next the request for the page after out.
func (out *GetLoadBalancerTlsPoliciesOutput) NextPage(next *GetLoadBalancerTlsPoliciesInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// LoadBalancerTlsPolicy is a choice of versions of TLS and of ciphers.
type LoadBalancerTlsPolicy struct {
	Name        string   `json:"name"`      // for UpdateLoadBalancerAttribute
	IsDefault   bool     `json:"isDefault"` // a load balancer has it unless told otherwise
	Description string   `json:"description"`
	Protocols   []string `json:"protocols"`
	Ciphers     []string `json:"ciphers"`
}
