// Drives IBM's SDK for JavaScript against the server of the first argument; the
// others are the address of the token service, API key, service instance, and the
// HMAC key with its secret. Fails by an exception.
const assert = require('node:assert/strict')
const crypto = require('node:crypto')
const COS = require('ibm-cos-sdk')

const [endpoint, ibmAuthEndpoint, apiKeyId, serviceInstanceId, accessKeyId, secretAccessKey] = process.argv.slice(2)
const common = { endpoint, s3ForcePathStyle: true, maxRetries: 0, region: 'us-south-standard' } // it is the location of new buckets, too
const clients = {
  token: new COS.S3({ ...common, ibmAuthEndpoint, apiKeyId, serviceInstanceId }),
  hmac: new COS.S3({ ...common, credentials: new COS.Credentials(accessKeyId, secretAccessKey), signatureVersion: 'v4' })
}

async function refused (what, code) {
  await assert.rejects(what, (err) => { assert.equal(err.code, code); return true })
}

async function judge (name, s3) {
  const call = (operation, params) => s3[operation](params).promise()
  const Bucket = 'photos-' + name
  const key = 'crn:v1:bluemix:public:kms:us-south:a/b:c:key:d'
  await call('createBucket', {
    Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-south-cold' }, IBMSSEKPEncryptionAlgorithm: 'AES256', IBMSSEKPCustomerRootKeyCrn: key
  })
  assert.equal((await call('getBucketLocation', { Bucket })).LocationConstraint, 'us-south-cold')
  // The SDK reads the key from a header that the documentation does not have.
  const head = await call('headBucket', { Bucket })
  assert.deepEqual([head.IBMSSEKPEnabled, head.IBMSSEKPCrkId], [true, undefined])
  const extended = await call('listBucketsExtended', { Prefix: Bucket, MaxKeys: 1 })
  assert.deepEqual(extended.Buckets.map((b) => [b.Name, b.LocationConstraint]), [[Bucket, 'us-south-cold']])
  assert.ok((await call('listBuckets')).Buckets.some((b) => b.Name === Bucket))

  const Key = 'a b+ü%.txt'
  await call('putObject', { Bucket, Key, Body: 'content', Metadata: { colour: 'blue' }, ContentType: 'text/x', Tagging: 'k=v' })
  const got = await call('getObject', { Bucket, Key })
  assert.deepEqual([got.Body.toString(), got.Metadata.colour, got.ContentType], ['content', 'blue', 'text/x'])
  assert.deepEqual((await call('getObjectTagging', { Bucket, Key })).TagSet, [{ Key: 'k', Value: 'v' }])
  await call('copyObject', { Bucket, Key: 'copy', CopySource: Bucket + '/' + encodeURIComponent(Key) })
  const listed = await call('listObjectsV2', { Bucket })
  assert.deepEqual(listed.Contents.map((o) => o.Key), [Key, 'copy'])
  await refused(call('getObject', { Bucket, Key: 'missing' }), 'NoSuchKey')

  const large = crypto.randomBytes(12_345_678)
  await s3.upload({ Bucket, Key: 'large', Body: large }, { partSize: 5 << 20, queueSize: 2 }).promise()
  assert.ok((await call('getObject', { Bucket, Key: 'large' })).Body.equals(large))
  const deleted = await call('deleteObjects', { Bucket, Delete: { Objects: [{ Key }, { Key: 'copy' }, { Key: 'large' }] } })
  assert.equal(deleted.Deleted.length, 3)

  await call('putBucketTagging', { Bucket, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } })
  assert.deepEqual((await call('getBucketTagging', { Bucket })).TagSet, [{ Key: 'a', Value: 'b' }])
  await call('putPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true } })
  assert.deepEqual((await call('getPublicAccessBlock', { Bucket })).PublicAccessBlockConfiguration, { BlockPublicAcls: true, IgnorePublicAcls: true })

  const days = (n) => ({ Days: n })
  await call('putBucketProtectionConfiguration', {
    Bucket, ProtectionConfiguration: { Status: 'Retention', MinimumRetention: days(0), DefaultRetention: days(1), MaximumRetention: days(9) }
  })
  const policy = await call('getBucketProtectionConfiguration', { Bucket })
  assert.deepEqual([policy.Status, policy.MinimumRetention, policy.MaximumRetention], ['Retention', days(0), days(9)])
  const wrong = crypto.createHash('md5').update('y').digest('base64')
  await refused(call('putObject', { Bucket, Key: 'kept', Body: 'x', ContentMD5: wrong }), 'BadDigest')
  const md5 = crypto.createHash('md5').update('x').digest('base64')
  await call('putObject', { Bucket, Key: 'kept', Body: 'x', RetentionPeriod: 3600, RetentionLegalHoldId: 'case-1', ContentMD5: md5 })
  const kept = await call('headObject', { Bucket, Key: 'kept' })
  assert.deepEqual([kept.RetentionPeriod, kept.RetentionLegalHoldCount], [3600, 1])
  await call('addLegalHold', { Bucket, Key: 'kept', RetentionLegalHoldId: 'case-2' })
  // The models of IBM's SDKs do not agree on the elements that the holds are in;
  // the server goes by the others.
  const holds = await call('listLegalHolds', { Bucket, Key: 'kept' })
  assert.equal(holds.RetentionPeriod, 3600)
  assert.equal(holds.RetentionPeriodExpirationDate - holds.CreateTime, 3600_000)
  await call('deleteLegalHold', { Bucket, Key: 'kept', RetentionLegalHoldId: 'case-1' })
  await call('extendObjectRetention', { Bucket, Key: 'kept', AdditionalRetentionPeriod: 60 })
  assert.equal((await call('headObject', { Bucket, Key: 'kept' })).RetentionPeriod, 3660)
  await refused(call('extendObjectRetention', { Bucket, Key: 'kept', NewRetentionPeriod: 1 }), 'InvalidRequest')
  await refused(call('deleteObject', { Bucket, Key: 'kept' }), 'AccessDenied')

  const source = Bucket + '-source'
  const target = Bucket + '-target'
  for (const b of [source, target]) {
    await call('createBucket', { Bucket: b })
    await call('putBucketVersioning', { Bucket: b, VersioningConfiguration: { Status: 'Enabled' } })
  }
  await call('putBucketReplication', {
    Bucket: source,
    ReplicationConfiguration: {
      Rules: [{ ID: 'r', Status: 'Enabled', Priority: 1, Filter: { Prefix: '' }, DeleteMarkerReplication: { Status: 'Disabled' }, Destination: { Bucket: target } }]
    }
  })
  assert.equal((await call('getBucketReplication', { Bucket: source })).ReplicationConfiguration.Rules[0].Destination.Bucket, target)
  await call('putBucketReplicationReattempt', { Bucket: source })
  await call('listBucketReplicationFailures', { Bucket: source }) // its model finds nothing in the answer
}

(async () => {
  for (const [name, s3] of Object.entries(clients)) await judge(name, s3)
})().catch((err) => { console.error(err); process.exit(1) })
