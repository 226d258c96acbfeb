package lightsail

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/vectors"
)

// operations is the table of all operations. It lives in a test, because in
// the package it would keep every operation in every program.
var operations = []apidrift.Operation{
	apidrift.Of[CreateBucketInput, CreateBucketOutput](opCreateBucket),
	apidrift.Of[CreateBucketAccessKeyInput, CreateBucketAccessKeyOutput](opCreateBucketAccessKey),
	apidrift.Of[DeleteBucketInput, DeleteBucketOutput](opDeleteBucket),
	apidrift.Of[DeleteBucketAccessKeyInput, DeleteBucketAccessKeyOutput](opDeleteBucketAccessKey),
	apidrift.Of[GetBucketAccessKeysInput, GetBucketAccessKeysOutput](opGetBucketAccessKeys),
	apidrift.Of[GetBucketBundlesInput, GetBucketBundlesOutput](opGetBucketBundles),
	apidrift.Of[GetBucketMetricDataInput, GetBucketMetricDataOutput](opGetBucketMetricData),
	apidrift.Of[GetBucketsInput, GetBucketsOutput](opGetBuckets),
	apidrift.Of[GetOperationInput, GetOperationOutput](opGetOperation),
	apidrift.Of[GetOperationsInput, GetOperationsOutput](opGetOperations),
	apidrift.Of[GetOperationsForResourceInput, GetOperationsForResourceOutput](opGetOperationsForResource),
	apidrift.Of[GetRegionsInput, GetRegionsOutput](opGetRegions),
	apidrift.Of[SetResourceAccessForBucketInput, SetResourceAccessForBucketOutput](opSetResourceAccessForBucket),
	apidrift.Of[TagResourceInput, TagResourceOutput](opTagResource),
	apidrift.Of[UntagResourceInput, UntagResourceOutput](opUntagResource),
	apidrift.Of[UpdateBucketInput, UpdateBucketOutput](opUpdateBucket),
	apidrift.Of[UpdateBucketBundleInput, UpdateBucketBundleOutput](opUpdateBucketBundle),

	// Instances, their snapshots, keys and addresses.
	apidrift.Of[AllocateStaticIpInput, AllocateStaticIpOutput](opAllocateStaticIp),
	apidrift.Of[AttachStaticIpInput, AttachStaticIpOutput](opAttachStaticIp),
	apidrift.Of[CloseInstancePublicPortsInput, CloseInstancePublicPortsOutput](opCloseInstancePublicPorts),
	apidrift.Of[CreateGUISessionAccessDetailsInput, CreateGUISessionAccessDetailsOutput](opCreateGUISessionAccessDetails),
	apidrift.Of[CreateInstanceSnapshotInput, CreateInstanceSnapshotOutput](opCreateInstanceSnapshot),
	apidrift.Of[CreateInstancesInput, CreateInstancesOutput](opCreateInstances),
	apidrift.Of[CreateInstancesFromSnapshotInput, CreateInstancesFromSnapshotOutput](opCreateInstancesFromSnapshot),
	apidrift.Of[CreateKeyPairInput, CreateKeyPairOutput](opCreateKeyPair),
	apidrift.Of[DeleteAutoSnapshotInput, DeleteAutoSnapshotOutput](opDeleteAutoSnapshot),
	apidrift.Of[DeleteInstanceInput, DeleteInstanceOutput](opDeleteInstance),
	apidrift.Of[DeleteInstanceSnapshotInput, DeleteInstanceSnapshotOutput](opDeleteInstanceSnapshot),
	apidrift.Of[DeleteKeyPairInput, DeleteKeyPairOutput](opDeleteKeyPair),
	apidrift.Of[DeleteKnownHostKeysInput, DeleteKnownHostKeysOutput](opDeleteKnownHostKeys),
	apidrift.Of[DetachStaticIpInput, DetachStaticIpOutput](opDetachStaticIp),
	apidrift.Of[DisableAddOnInput, DisableAddOnOutput](opDisableAddOn),
	apidrift.Of[DownloadDefaultKeyPairInput, DownloadDefaultKeyPairOutput](opDownloadDefaultKeyPair),
	apidrift.Of[EnableAddOnInput, EnableAddOnOutput](opEnableAddOn),
	apidrift.Of[GetAutoSnapshotsInput, GetAutoSnapshotsOutput](opGetAutoSnapshots),
	apidrift.Of[GetBlueprintsInput, GetBlueprintsOutput](opGetBlueprints),
	apidrift.Of[GetBundlesInput, GetBundlesOutput](opGetBundles),
	apidrift.Of[GetInstanceInput, GetInstanceOutput](opGetInstance),
	apidrift.Of[GetInstanceAccessDetailsInput, GetInstanceAccessDetailsOutput](opGetInstanceAccessDetails),
	apidrift.Of[GetInstanceMetricDataInput, GetInstanceMetricDataOutput](opGetInstanceMetricData),
	apidrift.Of[GetInstancePortStatesInput, GetInstancePortStatesOutput](opGetInstancePortStates),
	apidrift.Of[GetInstanceSnapshotInput, GetInstanceSnapshotOutput](opGetInstanceSnapshot),
	apidrift.Of[GetInstanceSnapshotsInput, GetInstanceSnapshotsOutput](opGetInstanceSnapshots),
	apidrift.Of[GetInstanceStateInput, GetInstanceStateOutput](opGetInstanceState),
	apidrift.Of[GetInstancesInput, GetInstancesOutput](opGetInstances),
	apidrift.Of[GetKeyPairInput, GetKeyPairOutput](opGetKeyPair),
	apidrift.Of[GetKeyPairsInput, GetKeyPairsOutput](opGetKeyPairs),
	apidrift.Of[GetSetupHistoryInput, GetSetupHistoryOutput](opGetSetupHistory),
	apidrift.Of[GetStaticIpInput, GetStaticIpOutput](opGetStaticIp),
	apidrift.Of[GetStaticIpsInput, GetStaticIpsOutput](opGetStaticIps),
	apidrift.Of[ImportKeyPairInput, ImportKeyPairOutput](opImportKeyPair),
	apidrift.Of[IsVpcPeeredInput, IsVpcPeeredOutput](opIsVpcPeered),
	apidrift.Of[OpenInstancePublicPortsInput, OpenInstancePublicPortsOutput](opOpenInstancePublicPorts),
	apidrift.Of[PeerVpcInput, PeerVpcOutput](opPeerVpc),
	apidrift.Of[PutInstancePublicPortsInput, PutInstancePublicPortsOutput](opPutInstancePublicPorts),
	apidrift.Of[RebootInstanceInput, RebootInstanceOutput](opRebootInstance),
	apidrift.Of[ReleaseStaticIpInput, ReleaseStaticIpOutput](opReleaseStaticIp),
	apidrift.Of[SetIpAddressTypeInput, SetIpAddressTypeOutput](opSetIpAddressType),
	apidrift.Of[SetupInstanceHttpsInput, SetupInstanceHttpsOutput](opSetupInstanceHttps),
	apidrift.Of[StartGUISessionInput, StartGUISessionOutput](opStartGUISession),
	apidrift.Of[StartInstanceInput, StartInstanceOutput](opStartInstance),
	apidrift.Of[StopGUISessionInput, StopGUISessionOutput](opStopGUISession),
	apidrift.Of[StopInstanceInput, StopInstanceOutput](opStopInstance),
	apidrift.Of[UnpeerVpcInput, UnpeerVpcOutput](opUnpeerVpc),
	apidrift.Of[UpdateInstanceMetadataOptionsInput, UpdateInstanceMetadataOptionsOutput](opUpdateInstanceMetadataOptions),

	// Load balancers, certificates, domains, distributions, containers, alarms, costs.
	apidrift.Of[CreateLoadBalancerInput, CreateLoadBalancerOutput](opCreateLoadBalancer),
	apidrift.Of[GetLoadBalancerInput, GetLoadBalancerOutput](opGetLoadBalancer),
	apidrift.Of[GetLoadBalancersInput, GetLoadBalancersOutput](opGetLoadBalancers),
	apidrift.Of[UpdateLoadBalancerAttributeInput, UpdateLoadBalancerAttributeOutput](opUpdateLoadBalancerAttribute),
	apidrift.Of[DeleteLoadBalancerInput, DeleteLoadBalancerOutput](opDeleteLoadBalancer),
	apidrift.Of[AttachInstancesToLoadBalancerInput, AttachInstancesToLoadBalancerOutput](opAttachInstancesToLoadBalancer),
	apidrift.Of[DetachInstancesFromLoadBalancerInput, DetachInstancesFromLoadBalancerOutput](opDetachInstancesFromLoadBalancer),
	apidrift.Of[GetLoadBalancerMetricDataInput, GetLoadBalancerMetricDataOutput](opGetLoadBalancerMetricData),
	apidrift.Of[CreateLoadBalancerTlsCertificateInput, CreateLoadBalancerTlsCertificateOutput](opCreateLoadBalancerTlsCertificate),
	apidrift.Of[GetLoadBalancerTlsCertificatesInput, GetLoadBalancerTlsCertificatesOutput](opGetLoadBalancerTlsCertificates),
	apidrift.Of[AttachLoadBalancerTlsCertificateInput, AttachLoadBalancerTlsCertificateOutput](opAttachLoadBalancerTlsCertificate),
	apidrift.Of[DeleteLoadBalancerTlsCertificateInput, DeleteLoadBalancerTlsCertificateOutput](opDeleteLoadBalancerTlsCertificate),
	apidrift.Of[GetLoadBalancerTlsPoliciesInput, GetLoadBalancerTlsPoliciesOutput](opGetLoadBalancerTlsPolicies),
	apidrift.Of[CreateCertificateInput, CreateCertificateOutput](opCreateCertificate),
	apidrift.Of[GetCertificatesInput, GetCertificatesOutput](opGetCertificates),
	apidrift.Of[DeleteCertificateInput, DeleteCertificateOutput](opDeleteCertificate),
	apidrift.Of[CreateDomainInput, CreateDomainOutput](opCreateDomain),
	apidrift.Of[GetDomainInput, GetDomainOutput](opGetDomain),
	apidrift.Of[GetDomainsInput, GetDomainsOutput](opGetDomains),
	apidrift.Of[DeleteDomainInput, DeleteDomainOutput](opDeleteDomain),
	apidrift.Of[CreateDomainEntryInput, CreateDomainEntryOutput](opCreateDomainEntry),
	apidrift.Of[UpdateDomainEntryInput, UpdateDomainEntryOutput](opUpdateDomainEntry),
	apidrift.Of[DeleteDomainEntryInput, DeleteDomainEntryOutput](opDeleteDomainEntry),
	apidrift.Of[CreateDistributionInput, CreateDistributionOutput](opCreateDistribution),
	apidrift.Of[GetDistributionsInput, GetDistributionsOutput](opGetDistributions),
	apidrift.Of[UpdateDistributionInput, UpdateDistributionOutput](opUpdateDistribution),
	apidrift.Of[UpdateDistributionBundleInput, UpdateDistributionBundleOutput](opUpdateDistributionBundle),
	apidrift.Of[DeleteDistributionInput, DeleteDistributionOutput](opDeleteDistribution),
	apidrift.Of[GetDistributionBundlesInput, GetDistributionBundlesOutput](opGetDistributionBundles),
	apidrift.Of[GetDistributionLatestCacheResetInput, GetDistributionLatestCacheResetOutput](opGetDistributionLatestCacheReset),
	apidrift.Of[ResetDistributionCacheInput, ResetDistributionCacheOutput](opResetDistributionCache),
	apidrift.Of[GetDistributionMetricDataInput, GetDistributionMetricDataOutput](opGetDistributionMetricData),
	apidrift.Of[AttachCertificateToDistributionInput, AttachCertificateToDistributionOutput](opAttachCertificateToDistribution),
	apidrift.Of[DetachCertificateFromDistributionInput, DetachCertificateFromDistributionOutput](opDetachCertificateFromDistribution),
	apidrift.Of[CreateContainerServiceInput, CreateContainerServiceOutput](opCreateContainerService),
	apidrift.Of[GetContainerServicesInput, GetContainerServicesOutput](opGetContainerServices),
	apidrift.Of[UpdateContainerServiceInput, UpdateContainerServiceOutput](opUpdateContainerService),
	apidrift.Of[DeleteContainerServiceInput, DeleteContainerServiceOutput](opDeleteContainerService),
	apidrift.Of[GetContainerServicePowersInput, GetContainerServicePowersOutput](opGetContainerServicePowers),
	apidrift.Of[GetContainerServiceMetricDataInput, GetContainerServiceMetricDataOutput](opGetContainerServiceMetricData),
	apidrift.Of[GetContainerAPIMetadataInput, GetContainerAPIMetadataOutput](opGetContainerAPIMetadata),
	apidrift.Of[CreateContainerServiceDeploymentInput, CreateContainerServiceDeploymentOutput](opCreateContainerServiceDeployment),
	apidrift.Of[GetContainerServiceDeploymentsInput, GetContainerServiceDeploymentsOutput](opGetContainerServiceDeployments),
	apidrift.Of[GetContainerLogInput, GetContainerLogOutput](opGetContainerLog),
	apidrift.Of[CreateContainerServiceRegistryLoginInput, CreateContainerServiceRegistryLoginOutput](opCreateContainerServiceRegistryLogin),
	apidrift.Of[RegisterContainerImageInput, RegisterContainerImageOutput](opRegisterContainerImage),
	apidrift.Of[GetContainerImagesInput, GetContainerImagesOutput](opGetContainerImages),
	apidrift.Of[DeleteContainerImageInput, DeleteContainerImageOutput](opDeleteContainerImage),
	apidrift.Of[PutAlarmInput, PutAlarmOutput](opPutAlarm),
	apidrift.Of[GetAlarmsInput, GetAlarmsOutput](opGetAlarms),
	apidrift.Of[DeleteAlarmInput, DeleteAlarmOutput](opDeleteAlarm),
	apidrift.Of[TestAlarmInput, TestAlarmOutput](opTestAlarm),
	apidrift.Of[CreateContactMethodInput, CreateContactMethodOutput](opCreateContactMethod),
	apidrift.Of[GetContactMethodsInput, GetContactMethodsOutput](opGetContactMethods),
	apidrift.Of[SendContactMethodVerificationInput, SendContactMethodVerificationOutput](opSendContactMethodVerification),
	apidrift.Of[DeleteContactMethodInput, DeleteContactMethodOutput](opDeleteContactMethod),
	apidrift.Of[GetCostEstimateInput, GetCostEstimateOutput](opGetCostEstimate),
	apidrift.Of[GetActiveNamesInput, GetActiveNamesOutput](opGetActiveNames),

	// Disks, snapshots and what is made of them elsewhere.
	apidrift.Of[AttachDiskInput, AttachDiskOutput](opAttachDisk),
	apidrift.Of[CreateDiskInput, CreateDiskOutput](opCreateDisk),
	apidrift.Of[CreateDiskFromSnapshotInput, CreateDiskFromSnapshotOutput](opCreateDiskFromSnapshot),
	apidrift.Of[CreateDiskSnapshotInput, CreateDiskSnapshotOutput](opCreateDiskSnapshot),
	apidrift.Of[DeleteDiskInput, DeleteDiskOutput](opDeleteDisk),
	apidrift.Of[DeleteDiskSnapshotInput, DeleteDiskSnapshotOutput](opDeleteDiskSnapshot),
	apidrift.Of[DetachDiskInput, DetachDiskOutput](opDetachDisk),
	apidrift.Of[GetDiskInput, GetDiskOutput](opGetDisk),
	apidrift.Of[GetDiskSnapshotInput, GetDiskSnapshotOutput](opGetDiskSnapshot),
	apidrift.Of[GetDiskSnapshotsInput, GetDiskSnapshotsOutput](opGetDiskSnapshots),
	apidrift.Of[GetDisksInput, GetDisksOutput](opGetDisks),
	apidrift.Of[CopySnapshotInput, CopySnapshotOutput](opCopySnapshot),
	apidrift.Of[CreateCloudFormationStackInput, CreateCloudFormationStackOutput](opCreateCloudFormationStack),
	apidrift.Of[ExportSnapshotInput, ExportSnapshotOutput](opExportSnapshot),
	apidrift.Of[GetCloudFormationStackRecordsInput, GetCloudFormationStackRecordsOutput](opGetCloudFormationStackRecords),
	apidrift.Of[GetExportSnapshotRecordsInput, GetExportSnapshotRecordsOutput](opGetExportSnapshotRecords),

	// Databases.
	apidrift.Of[CreateRelationalDatabaseInput, CreateRelationalDatabaseOutput](opCreateRelationalDatabase),
	apidrift.Of[CreateRelationalDatabaseFromSnapshotInput, CreateRelationalDatabaseFromSnapshotOutput](opCreateRelationalDatabaseFromSnapshot),
	apidrift.Of[CreateRelationalDatabaseSnapshotInput, CreateRelationalDatabaseSnapshotOutput](opCreateRelationalDatabaseSnapshot),
	apidrift.Of[DeleteRelationalDatabaseInput, DeleteRelationalDatabaseOutput](opDeleteRelationalDatabase),
	apidrift.Of[DeleteRelationalDatabaseSnapshotInput, DeleteRelationalDatabaseSnapshotOutput](opDeleteRelationalDatabaseSnapshot),
	apidrift.Of[GetRelationalDatabaseInput, GetRelationalDatabaseOutput](opGetRelationalDatabase),
	apidrift.Of[GetRelationalDatabaseBlueprintsInput, GetRelationalDatabaseBlueprintsOutput](opGetRelationalDatabaseBlueprints),
	apidrift.Of[GetRelationalDatabaseBundlesInput, GetRelationalDatabaseBundlesOutput](opGetRelationalDatabaseBundles),
	apidrift.Of[GetRelationalDatabaseEventsInput, GetRelationalDatabaseEventsOutput](opGetRelationalDatabaseEvents),
	apidrift.Of[GetRelationalDatabaseLogEventsInput, GetRelationalDatabaseLogEventsOutput](opGetRelationalDatabaseLogEvents),
	apidrift.Of[GetRelationalDatabaseLogStreamsInput, GetRelationalDatabaseLogStreamsOutput](opGetRelationalDatabaseLogStreams),
	apidrift.Of[GetRelationalDatabaseMasterUserPasswordInput, GetRelationalDatabaseMasterUserPasswordOutput](opGetRelationalDatabaseMasterUserPassword),
	apidrift.Of[GetRelationalDatabaseMetricDataInput, GetRelationalDatabaseMetricDataOutput](opGetRelationalDatabaseMetricData),
	apidrift.Of[GetRelationalDatabaseParametersInput, GetRelationalDatabaseParametersOutput](opGetRelationalDatabaseParameters),
	apidrift.Of[GetRelationalDatabaseSnapshotInput, GetRelationalDatabaseSnapshotOutput](opGetRelationalDatabaseSnapshot),
	apidrift.Of[GetRelationalDatabaseSnapshotsInput, GetRelationalDatabaseSnapshotsOutput](opGetRelationalDatabaseSnapshots),
	apidrift.Of[GetRelationalDatabasesInput, GetRelationalDatabasesOutput](opGetRelationalDatabases),
	apidrift.Of[RebootRelationalDatabaseInput, RebootRelationalDatabaseOutput](opRebootRelationalDatabase),
	apidrift.Of[StartRelationalDatabaseInput, StartRelationalDatabaseOutput](opStartRelationalDatabase),
	apidrift.Of[StopRelationalDatabaseInput, StopRelationalDatabaseOutput](opStopRelationalDatabase),
	apidrift.Of[UpdateRelationalDatabaseInput, UpdateRelationalDatabaseOutput](opUpdateRelationalDatabase),
	apidrift.Of[UpdateRelationalDatabaseParametersInput, UpdateRelationalDatabaseParametersOutput](opUpdateRelationalDatabaseParameters),
}

var models = flag.String("models", "", "folder of the API facts; default: where package vectors looks")

func TestDrift(t *testing.T) {
	var facts []byte
	if *models == "" {
		facts = vectors.Facts(t, "lightsail.json")
	} else {
		var err error
		if facts, err = os.ReadFile(filepath.Join(*models, "lightsail.json")); err != nil {
			t.Fatal(err)
		}
	}
	model, err := apidrift.Parse(apidrift.Lightsail, facts)
	if err != nil {
		t.Fatal(err)
	}
	report, err := apidrift.Compare(apidrift.Lightsail, model, ".", operations)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range report.Missing {
		t.Errorf("%s is missing", name)
	}
	for _, problem := range report.Problems {
		t.Error(problem)
	}
	t.Logf("%d of the model's %d operations are there", len(operations), len(model.Operations))
}
