package lightsail

// AccessType says who may read the objects of a bucket.
type AccessType string

// Values of AccessType.
const (
	AccessTypePublic  AccessType = "public"
	AccessTypePrivate AccessType = "private"
)

// AccountLevelBpaSyncStatus tells how far Lightsail has taken over the account's block on public access.
type AccountLevelBpaSyncStatus string

// Values of AccountLevelBpaSyncStatus.
const (
	AccountLevelBpaSyncStatusInSync      AccountLevelBpaSyncStatus = "InSync"
	AccountLevelBpaSyncStatusFailed      AccountLevelBpaSyncStatus = "Failed"
	AccountLevelBpaSyncStatusNeverSynced AccountLevelBpaSyncStatus = "NeverSynced"
	AccountLevelBpaSyncStatusDefaulted   AccountLevelBpaSyncStatus = "Defaulted"
)

// BPAStatusMessage is why it has not.
type BPAStatusMessage string

// Values of BPAStatusMessage.
const (
	BPAStatusMessageDefaultedForSlrMissing       BPAStatusMessage = "DEFAULTED_FOR_SLR_MISSING"
	BPAStatusMessageSyncOnHold                   BPAStatusMessage = "SYNC_ON_HOLD"
	BPAStatusMessageDefaultedForSlrMissingOnHold BPAStatusMessage = "DEFAULTED_FOR_SLR_MISSING_ON_HOLD"
	BPAStatusMessageUnknown                      BPAStatusMessage = "Unknown"
)

// BucketMetricName is what is measured of a bucket.
type BucketMetricName string

// Values of BucketMetricName.
const (
	BucketMetricNameBucketSizeBytes BucketMetricName = "BucketSizeBytes"
	BucketMetricNameNumberOfObjects BucketMetricName = "NumberOfObjects"
)

// MetricStatistic is how the measurements of a period become one number.
type MetricStatistic string

// Values of MetricStatistic.
const (
	MetricStatisticMinimum     MetricStatistic = "Minimum"
	MetricStatisticMaximum     MetricStatistic = "Maximum"
	MetricStatisticSum         MetricStatistic = "Sum"
	MetricStatisticAverage     MetricStatistic = "Average"
	MetricStatisticSampleCount MetricStatistic = "SampleCount"
)

// MetricUnit is what a measurement counts.
type MetricUnit string

// Values of MetricUnit.
const (
	MetricUnitSeconds         MetricUnit = "Seconds"
	MetricUnitMicroseconds    MetricUnit = "Microseconds"
	MetricUnitMilliseconds    MetricUnit = "Milliseconds"
	MetricUnitBytes           MetricUnit = "Bytes"
	MetricUnitKilobytes       MetricUnit = "Kilobytes"
	MetricUnitMegabytes       MetricUnit = "Megabytes"
	MetricUnitGigabytes       MetricUnit = "Gigabytes"
	MetricUnitTerabytes       MetricUnit = "Terabytes"
	MetricUnitBits            MetricUnit = "Bits"
	MetricUnitKilobits        MetricUnit = "Kilobits"
	MetricUnitMegabits        MetricUnit = "Megabits"
	MetricUnitGigabits        MetricUnit = "Gigabits"
	MetricUnitTerabits        MetricUnit = "Terabits"
	MetricUnitPercent         MetricUnit = "Percent"
	MetricUnitCount           MetricUnit = "Count"
	MetricUnitBytesSecond     MetricUnit = "Bytes/Second"
	MetricUnitKilobytesSecond MetricUnit = "Kilobytes/Second"
	MetricUnitMegabytesSecond MetricUnit = "Megabytes/Second"
	MetricUnitGigabytesSecond MetricUnit = "Gigabytes/Second"
	MetricUnitTerabytesSecond MetricUnit = "Terabytes/Second"
	MetricUnitBitsSecond      MetricUnit = "Bits/Second"
	MetricUnitKilobitsSecond  MetricUnit = "Kilobits/Second"
	MetricUnitMegabitsSecond  MetricUnit = "Megabits/Second"
	MetricUnitGigabitsSecond  MetricUnit = "Gigabits/Second"
	MetricUnitTerabitsSecond  MetricUnit = "Terabits/Second"
	MetricUnitCountSecond     MetricUnit = "Count/Second"
	MetricUnitNone            MetricUnit = "None"
)

// OperationStatus is how far an operation has come.
type OperationStatus string

// Values of OperationStatus.
const (
	OperationStatusNotStarted OperationStatus = "NotStarted"
	OperationStatusStarted    OperationStatus = "Started"
	OperationStatusFailed     OperationStatus = "Failed"
	OperationStatusCompleted  OperationStatus = "Completed"
	OperationStatusSucceeded  OperationStatus = "Succeeded"
)

// OperationType is what an operation does.
type OperationType string

// Values of OperationType.
const (
	OperationTypeDeleteKnownHostKeys                  OperationType = "DeleteKnownHostKeys"
	OperationTypeDeleteInstance                       OperationType = "DeleteInstance"
	OperationTypeCreateInstance                       OperationType = "CreateInstance"
	OperationTypeStopInstance                         OperationType = "StopInstance"
	OperationTypeStartInstance                        OperationType = "StartInstance"
	OperationTypeRebootInstance                       OperationType = "RebootInstance"
	OperationTypeOpenInstancePublicPorts              OperationType = "OpenInstancePublicPorts"
	OperationTypePutInstancePublicPorts               OperationType = "PutInstancePublicPorts"
	OperationTypeCloseInstancePublicPorts             OperationType = "CloseInstancePublicPorts"
	OperationTypeAllocateStaticIp                     OperationType = "AllocateStaticIp"
	OperationTypeReleaseStaticIp                      OperationType = "ReleaseStaticIp"
	OperationTypeAttachStaticIp                       OperationType = "AttachStaticIp"
	OperationTypeDetachStaticIp                       OperationType = "DetachStaticIp"
	OperationTypeUpdateDomainEntry                    OperationType = "UpdateDomainEntry"
	OperationTypeDeleteDomainEntry                    OperationType = "DeleteDomainEntry"
	OperationTypeCreateDomain                         OperationType = "CreateDomain"
	OperationTypeDeleteDomain                         OperationType = "DeleteDomain"
	OperationTypeCreateInstanceSnapshot               OperationType = "CreateInstanceSnapshot"
	OperationTypeDeleteInstanceSnapshot               OperationType = "DeleteInstanceSnapshot"
	OperationTypeCreateInstancesFromSnapshot          OperationType = "CreateInstancesFromSnapshot"
	OperationTypeCreateLoadBalancer                   OperationType = "CreateLoadBalancer"
	OperationTypeDeleteLoadBalancer                   OperationType = "DeleteLoadBalancer"
	OperationTypeAttachInstancesToLoadBalancer        OperationType = "AttachInstancesToLoadBalancer"
	OperationTypeDetachInstancesFromLoadBalancer      OperationType = "DetachInstancesFromLoadBalancer"
	OperationTypeUpdateLoadBalancerAttribute          OperationType = "UpdateLoadBalancerAttribute"
	OperationTypeCreateLoadBalancerTlsCertificate     OperationType = "CreateLoadBalancerTlsCertificate"
	OperationTypeDeleteLoadBalancerTlsCertificate     OperationType = "DeleteLoadBalancerTlsCertificate"
	OperationTypeAttachLoadBalancerTlsCertificate     OperationType = "AttachLoadBalancerTlsCertificate"
	OperationTypeCreateDisk                           OperationType = "CreateDisk"
	OperationTypeDeleteDisk                           OperationType = "DeleteDisk"
	OperationTypeAttachDisk                           OperationType = "AttachDisk"
	OperationTypeDetachDisk                           OperationType = "DetachDisk"
	OperationTypeCreateDiskSnapshot                   OperationType = "CreateDiskSnapshot"
	OperationTypeDeleteDiskSnapshot                   OperationType = "DeleteDiskSnapshot"
	OperationTypeCreateDiskFromSnapshot               OperationType = "CreateDiskFromSnapshot"
	OperationTypeCreateRelationalDatabase             OperationType = "CreateRelationalDatabase"
	OperationTypeUpdateRelationalDatabase             OperationType = "UpdateRelationalDatabase"
	OperationTypeDeleteRelationalDatabase             OperationType = "DeleteRelationalDatabase"
	OperationTypeCreateRelationalDatabaseFromSnapshot OperationType = "CreateRelationalDatabaseFromSnapshot"
	OperationTypeCreateRelationalDatabaseSnapshot     OperationType = "CreateRelationalDatabaseSnapshot"
	OperationTypeDeleteRelationalDatabaseSnapshot     OperationType = "DeleteRelationalDatabaseSnapshot"
	OperationTypeUpdateRelationalDatabaseParameters   OperationType = "UpdateRelationalDatabaseParameters"
	OperationTypeStartRelationalDatabase              OperationType = "StartRelationalDatabase"
	OperationTypeRebootRelationalDatabase             OperationType = "RebootRelationalDatabase"
	OperationTypeStopRelationalDatabase               OperationType = "StopRelationalDatabase"
	OperationTypeEnableAddOn                          OperationType = "EnableAddOn"
	OperationTypeDisableAddOn                         OperationType = "DisableAddOn"
	OperationTypePutAlarm                             OperationType = "PutAlarm"
	OperationTypeGetAlarms                            OperationType = "GetAlarms"
	OperationTypeDeleteAlarm                          OperationType = "DeleteAlarm"
	OperationTypeTestAlarm                            OperationType = "TestAlarm"
	OperationTypeCreateContactMethod                  OperationType = "CreateContactMethod"
	OperationTypeGetContactMethods                    OperationType = "GetContactMethods"
	OperationTypeSendContactMethodVerification        OperationType = "SendContactMethodVerification"
	OperationTypeDeleteContactMethod                  OperationType = "DeleteContactMethod"
	OperationTypeCreateDistribution                   OperationType = "CreateDistribution"
	OperationTypeUpdateDistribution                   OperationType = "UpdateDistribution"
	OperationTypeDeleteDistribution                   OperationType = "DeleteDistribution"
	OperationTypeResetDistributionCache               OperationType = "ResetDistributionCache"
	OperationTypeAttachCertificateToDistribution      OperationType = "AttachCertificateToDistribution"
	OperationTypeDetachCertificateFromDistribution    OperationType = "DetachCertificateFromDistribution"
	OperationTypeUpdateDistributionBundle             OperationType = "UpdateDistributionBundle"
	OperationTypeSetIpAddressType                     OperationType = "SetIpAddressType"
	OperationTypeCreateCertificate                    OperationType = "CreateCertificate"
	OperationTypeDeleteCertificate                    OperationType = "DeleteCertificate"
	OperationTypeCreateContainerService               OperationType = "CreateContainerService"
	OperationTypeUpdateContainerService               OperationType = "UpdateContainerService"
	OperationTypeDeleteContainerService               OperationType = "DeleteContainerService"
	OperationTypeCreateContainerServiceDeployment     OperationType = "CreateContainerServiceDeployment"
	OperationTypeCreateContainerServiceRegistryLogin  OperationType = "CreateContainerServiceRegistryLogin"
	OperationTypeRegisterContainerImage               OperationType = "RegisterContainerImage"
	OperationTypeDeleteContainerImage                 OperationType = "DeleteContainerImage"
	OperationTypeCreateBucket                         OperationType = "CreateBucket"
	OperationTypeDeleteBucket                         OperationType = "DeleteBucket"
	OperationTypeCreateBucketAccessKey                OperationType = "CreateBucketAccessKey"
	OperationTypeDeleteBucketAccessKey                OperationType = "DeleteBucketAccessKey"
	OperationTypeUpdateBucketBundle                   OperationType = "UpdateBucketBundle"
	OperationTypeUpdateBucket                         OperationType = "UpdateBucket"
	OperationTypeSetResourceAccessForBucket           OperationType = "SetResourceAccessForBucket"
	OperationTypeUpdateInstanceMetadataOptions        OperationType = "UpdateInstanceMetadataOptions"
	OperationTypeStartGUISession                      OperationType = "StartGUISession"
	OperationTypeStopGUISession                       OperationType = "StopGUISession"
	OperationTypeSetupInstanceHttps                   OperationType = "SetupInstanceHttps"
)

// RegionName is a region that Lightsail is in.
type RegionName string

// Values of RegionName.
const (
	RegionNameUsEast1      RegionName = "us-east-1"
	RegionNameUsEast2      RegionName = "us-east-2"
	RegionNameUsWest1      RegionName = "us-west-1"
	RegionNameUsWest2      RegionName = "us-west-2"
	RegionNameEuWest1      RegionName = "eu-west-1"
	RegionNameEuWest2      RegionName = "eu-west-2"
	RegionNameEuWest3      RegionName = "eu-west-3"
	RegionNameEuCentral1   RegionName = "eu-central-1"
	RegionNameEuNorth1     RegionName = "eu-north-1"
	RegionNameEuSouth2     RegionName = "eu-south-2"
	RegionNameCaCentral1   RegionName = "ca-central-1"
	RegionNameApEast1      RegionName = "ap-east-1"
	RegionNameApSouth1     RegionName = "ap-south-1"
	RegionNameApSoutheast1 RegionName = "ap-southeast-1"
	RegionNameApSoutheast2 RegionName = "ap-southeast-2"
	RegionNameApNortheast1 RegionName = "ap-northeast-1"
	RegionNameApNortheast2 RegionName = "ap-northeast-2"
	RegionNameApSoutheast3 RegionName = "ap-southeast-3"
	RegionNameApSoutheast5 RegionName = "ap-southeast-5"
	RegionNameSaEast1      RegionName = "sa-east-1"
)

// ResourceBucketAccess says whether an instance may use a bucket.
type ResourceBucketAccess string

// Values of ResourceBucketAccess.
const (
	ResourceBucketAccessAllow ResourceBucketAccess = "allow"
	ResourceBucketAccessDeny  ResourceBucketAccess = "deny"
)

// ResourceType is a kind of Lightsail resource.
type ResourceType string

// Values of ResourceType.
const (
	ResourceTypeContainerService           ResourceType = "ContainerService"
	ResourceTypeInstance                   ResourceType = "Instance"
	ResourceTypeStaticIp                   ResourceType = "StaticIp"
	ResourceTypeKeyPair                    ResourceType = "KeyPair"
	ResourceTypeInstanceSnapshot           ResourceType = "InstanceSnapshot"
	ResourceTypeDomain                     ResourceType = "Domain"
	ResourceTypePeeredVpc                  ResourceType = "PeeredVpc"
	ResourceTypeLoadBalancer               ResourceType = "LoadBalancer"
	ResourceTypeLoadBalancerTlsCertificate ResourceType = "LoadBalancerTlsCertificate"
	ResourceTypeDisk                       ResourceType = "Disk"
	ResourceTypeDiskSnapshot               ResourceType = "DiskSnapshot"
	ResourceTypeRelationalDatabase         ResourceType = "RelationalDatabase"
	ResourceTypeRelationalDatabaseSnapshot ResourceType = "RelationalDatabaseSnapshot"
	ResourceTypeExportSnapshotRecord       ResourceType = "ExportSnapshotRecord"
	ResourceTypeCloudFormationStackRecord  ResourceType = "CloudFormationStackRecord"
	ResourceTypeAlarm                      ResourceType = "Alarm"
	ResourceTypeContactMethod              ResourceType = "ContactMethod"
	ResourceTypeDistribution               ResourceType = "Distribution"
	ResourceTypeCertificate                ResourceType = "Certificate"
	ResourceTypeBucket                     ResourceType = "Bucket"
)

// StatusType is the state of an access key.
type StatusType string

// Values of StatusType.
const (
	StatusTypeActive   StatusType = "Active"
	StatusTypeInactive StatusType = "Inactive"
)
