package apidrift

// S3 is Amazon S3.
var S3 = &Service{
	Name: "s3",
	Page: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_OPERATION.html",
	Rename: map[string]string{
		"Error": "DeleteError", // Error is the package's error type
	},
	Pointers: map[string]string{
		"PutObjectInput.BucketKeyEnabled":             "false overrides the bucket's default",
		"CopyObjectInput.BucketKeyEnabled":            "false overrides the bucket's default",
		"CreateMultipartUploadInput.BucketKeyEnabled": "false overrides the bucket's default",
		"PutObjectInput.WriteOffsetBytes":             "0 appends to an empty object",
		"DeleteObjectInput.IfMatchSize":               "0 deletes an empty object only",
		"CompleteMultipartUploadInput.MpuObjectSize":  "0 expects an empty object",
		"ListObjectsInput.MaxKeys":                    "0 is a test of access",
		"ListObjectVersionsInput.MaxKeys":             "0 is a test of access",
		"ListObjectsV2Input.MaxKeys":                  "0 is a test of access",
		"LifecycleRule.Prefix":                        "the empty prefix is a rule for the whole bucket",
		"LifecycleRuleFilter.Prefix":                  "the empty prefix is a rule for the whole bucket",
		"Redirect.ReplaceKeyPrefixWith":               "the empty prefix takes away the one that is there",
		"ReplicationRule.Prefix":                      "the empty prefix is a rule for the whole bucket",
		"ReplicationRuleFilter.Prefix":                "the empty prefix is a rule for the whole bucket",

		"GetBucketNotificationConfigurationOutput.EventBridgeConfiguration": "it has no members: its presence is what it says",
	},
	Values: map[string]string{
		"CompletedPart.PartNumber": "parts are counted from 1",
	},
	Secrets: []string{"SSECustomerKey", "CopySourceSSECustomerKey", "SessionCredentialValue"},
	Left: map[string]string{
		"TopicConfigurationDeprecated.Event": "same element as Events",
		"QueueConfigurationDeprecated.Event": "same element as Events",
		"CloudFunctionConfiguration.Event":   "same element as Events",
	},
	Extra: map[string]string{
		"GetObjectOutput.ExpiresString":  "Expires as it came, which may not be a date",
		"HeadObjectOutput.ExpiresString": "Expires as it came, which may not be a date",
	},
}

// Lightsail is the control API of Amazon Lightsail.
var Lightsail = &Service{
	Name: "lightsail",
	Page: "https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_OPERATION.html",
	Common: []string{
		"AccessDeniedException", "InvalidInputException", "RegionSetupInProgressException", "ServiceException", "UnauthenticatedException",
	},
	Constants: map[string]string{
		"BehaviorEnumCache":                 "BehaviorEnumCacheSetting",
		"BehaviorEnumDontCache":             "BehaviorEnumDontCacheSetting",
		"OriginProtocolPolicyEnumHttpOnly":  "OriginProtocolPolicyEnumHTTPOnly",
		"OriginProtocolPolicyEnumHttpsOnly": "OriginProtocolPolicyEnumHTTPSOnly",
		"PricingUnitGbMo":                   "PricingUnitGBMo",
	},
	Secrets: []string{
		"SensitiveString",
		"AccessKey.SecretAccessKey",
		"CreateKeyPairOutput.PrivateKeyBase64",
		"DownloadDefaultKeyPairOutput.PrivateKeyBase64",
		"InstanceAccessDetails.Password",
		"InstanceAccessDetails.PrivateKey",
		"PendingModifiedRelationalDatabaseValues.MasterUserPassword",
		"Session.Url",
		"ContainerServiceRegistryLogin.Password",
	},
}

// IBMCOS is IBM Cloud Object Storage. Its facts join two models of IBM's,
// which differ; where both are right, both are here.
var IBMCOS = &Service{
	Name: "ibmcos",
	Rename: map[string]string{
		"Error": "DeleteError", // Error is the package's error type
	},
	Page: "https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api",
	Pointers: map[string]string{
		"PutObjectInput.RetentionPeriod":                            "0 asks for no retention where the default is longer",
		"CompleteMultipartUploadInput.RetentionPeriod":              "0 asks for no retention where the default is longer",
		"CopyObjectInput.RetentionPeriod":                           "0 asks for no retention where the default is longer",
		"ExtendObjectRetentionInput.ExtendRetentionFromCurrentTime": "0 ends a retention without end",
		"ExtendObjectRetentionInput.NewRetentionPeriod":             "0 ends a retention without end",
		"ListObjectVersionsInput.MaxKeys":                           "0 is a test of access",
		"ListBucketsExtendedInput.MaxKeys":                          "0 is a test of access",
		"ListObjectsInput.MaxKeys":                                  "0 is a test of access",
		"ListObjectsV2Input.MaxKeys":                                "0 is a test of access",
		"ListBucketReplicationFailuresInput.MaxKeys":                "0 is a test of access",
		"LifecycleRuleFilter.Prefix":                                "a rule that archives has the empty prefix",
		"Redirect.ReplaceKeyPrefixWith":                             "the empty prefix takes away the one that is there",
		"ReplicationRuleFilter.Prefix":                              "the empty prefix is a rule for the whole bucket",
	},
	Values: map[string]string{
		"CompletedPart.PartNumber": "parts are counted from 1",
		"RestoreRequest.Days":      "an object is restored for a day at least",
	},
	Secrets: []string{"SSECustomerKey", "CopySourceSSECustomerKey", "Secret"},
	Left: map[string]string{
		"GetObjectOutput.IbmTransition":                "same header as IBMTransition",
		"GetObjectOutput.IbmRestoredCopyStorageClass":  "same header as IBMRestoredCopyStorageClass",
		"HeadObjectOutput.IbmTransition":               "same header as IBMTransition",
		"HeadObjectOutput.IbmRestoredCopyStorageClass": "same header as IBMRestoredCopyStorageClass",
	},
	Extra: map[string]string{
		"GetObjectOutput.ExpiresString":                "Expires as it came, which may not be a date",
		"HeadObjectOutput.ExpiresString":               "Expires as it came, which may not be a date",
		"HeadBucketOutput.IBMSSEKPCustomerRootKeyCrn":  "the models do not agree on the name of the header",
		"ListObjectsOutput.IBMSSEKPCustomerRootKeyCrn": "the models do not agree on the name of the header",
		"ListLegalHoldsOutput.LegalHoldSet":            "LegalHolds in the form of the documentation",
		"PutObjectInput.IfMatch":                       "the service takes it, though the models lack it",
		"PutObjectInput.IfNoneMatch":                   "the service takes it, though the models lack it",
	},
	Correct: func(m *Model) {
		// Sizes and retention in seconds need more than 32 bits.
		for _, name := range []string{"Size", "RetentionPeriod", "NewRetentionPeriod", "AdditionalRetentionPeriod", "ExtendRetentionFromCurrentTime"} {
			m.shape(name).Type = "long"
		}
		m.shape("ResponseExpires").TimestampFormat = "rfc822"
		m.shape("GlacierJobParameters").Required = nil
		// Logging is in the model for Go alone, which wants both, as AWS does.
		m.shape("LoggingEnabled").Required = []string{"TargetBucket", "TargetPrefix"}
		for i := range m.shape("GetBucketLocationOutput").Members {
			m.Shapes["GetBucketLocationOutput"].Members[i].text = true
		}
		for i, member := range m.shape("CopyObjectRequest").Members {
			if member.Name == "WebsiteRedirectLocation" {
				m.Shapes["CopyObjectRequest"].Members[i].Location = "header"
			}
		}
		// The service refuses it without.
		if op := m.Operations["RestoreObject"]; op != nil {
			op.HTTPChecksumRequired, op.HTTPChecksum.RequestAlgorithmMember = true, ""
		}
		// The model for Go has the name of the hold where it is on the wire.
		for _, name := range []string{"AddLegalHold", "DeleteLegalHold"} {
			if op := m.Operations[name]; op != nil {
				op.HTTP.RequestURI = "/{Bucket}/{Key+}?legalHold"
				op.Input.Shape = name + "Request"
			}
		}
	},
}
