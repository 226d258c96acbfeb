"""Has b2sdk, Backblaze's own client, do what it can against a B2 server.

Usage: judge_b2sdk.py URL KEY-ID KEY DIRECTORY, a directory with the file "large" of
more than two parts. What is written under kept/ stays for whoever runs this.
"""

import io
import os
import sys
import time

from b2sdk.v2 import *
from b2sdk.v2.exception import B2Error

url, key_id, key, directory = sys.argv[1:]
PART = 5_000_000


def connect(key_id, key):
    api = B2Api(InMemoryAccountInfo())
    api.authorize_account(url, key_id, key)
    return api


def equal(what, got, want):
    if got != want:
        raise AssertionError(f"{what}: {got!r}, want {want!r}")


def refused(what, call):
    try:
        call()
    except B2Error:
        return
    raise AssertionError(f"{what}: not refused")


def content(name, **options):
    out = io.BytesIO()
    bucket.download_file_by_name(name, **options).save(out)
    return out.getvalue()


def names(prefix="", **options):
    return [(v.action, v.file_name) for v, _ in bucket.ls(prefix, recursive=True, **options)]


api = connect(key_id, key)
with open(os.path.join(directory, "large"), "rb") as f:
    large = f.read()

# Buckets and what is set for them.
bucket = api.create_bucket(
    "photos-1", "allPrivate", bucket_info={"a": "b"}, is_file_lock_enabled=True,
    cors_rules=[{"corsRuleName": "downloads", "allowedOrigins": ["https"], "allowedOperations": ["b2_download_file_by_id"], "maxAgeSeconds": 60}],
    lifecycle_rules=[{"fileNamePrefix": "x", "daysFromHidingToDeleting": 3, "daysFromUploadingToHiding": None}],
    default_server_side_encryption=EncryptionSetting(mode=EncryptionMode.SSE_B2, algorithm=EncryptionAlgorithm.AES256),
)
bucket.update(bucket_info={"c": "d"}, if_revision_is=bucket.revision)
refused("an update of a stale revision", lambda: bucket.update(bucket_info={}, if_revision_is=bucket.revision))
bucket.update(default_retention=BucketRetentionSetting(RetentionMode.GOVERNANCE, RetentionPeriod(days=1)))
bucket.update(default_retention=BucketRetentionSetting(RetentionMode.NONE))
bucket = bucket.get_fresh_state()
equal("bucket", (bucket.bucket_info, bucket.cors_rules[0]["corsRuleName"], bucket.lifecycle_rules[0]["daysFromHidingToDeleting"]), ({"c": "d"}, "downloads", 3))
equal("lock", (bucket.is_file_lock_enabled, bucket.default_retention.mode), (True, RetentionMode.NONE))
equal("buckets", [b.name for b in api.list_buckets()], ["photos-1"])

# Files, whole and in parts.
small = bucket.upload_bytes(b"small", "kept/a b+ü%.txt", file_infos={"k": "v ü+%"}, content_type="text/x")
equal("a small file", content("kept/a b+ü%.txt"), b"small")
equal("its middle", content("kept/a b+ü%.txt", range_=(1, 3)), b"mal")
equal("its info", bucket.get_file_info_by_name("kept/a b+ü%.txt").file_info["k"], "v ü+%")
whole = bucket.upload_local_file(os.path.join(directory, "large"), "kept/large", min_part_size=PART)
equal("a large file", content("kept/large") == large, True)
bucket.copy(whole.id_, "kept/copy")
bucket.copy(whole.id_, "copied piece", offset=10, length=100)
equal("a copy", (content("kept/copy") == large, content("copied piece")), (True, large[10:110]))
bucket.concatenate([CopySource(whole.id_, offset=0, length=6_000_000), UploadSourceBytes(large[:6_000_000])], "concatenated", min_part_size=PART)
equal("a concatenation", content("concatenated") == 2 * large[:6_000_000], True)
begun = api.services.large_file.start_large_file(bucket.id_, "begun", "text/x", {})
equal("unfinished", [u.file_name for u in bucket.list_unfinished_large_files()], ["begun"])
equal("parts", list(bucket.list_parts(begun.file_id)), [])
api.cancel_large_file(begun.file_id)

# Versions and lists.
bucket.hide_file("copied piece")
equal("versions", names("", latest_only=False, fetch_count=1), [
    ("upload", "concatenated"), ("hide", "copied piece"), ("upload", "copied piece"),
    ("upload", "kept/a b+ü%.txt"), ("upload", "kept/copy"), ("upload", "kept/large"),
])
equal("files", names("", fetch_count=1), [("upload", n) for n in ("concatenated", "kept/a b+ü%.txt", "kept/copy", "kept/large")])
equal("folders", [f for _, f in bucket.ls(fetch_count=1)], [None, "kept/"])

# Encryption with a key of the customer, retention and legal hold.
customer = EncryptionSetting(mode=EncryptionMode.SSE_C, algorithm=EncryptionAlgorithm.AES256, key=EncryptionKey(secret=b"k" * 32, key_id="id"))
secret = bucket.upload_bytes(b"secret", "secret", encryption=customer)
bucket.copy(secret.id_, "secret copy", source_encryption=customer, destination_encryption=customer, content_type="text/x", file_info={})
bucket.upload_local_file(os.path.join(directory, "large"), "secret large", min_part_size=PART, encryption=customer)
equal("encrypted", (content("secret copy", encryption=customer), content("secret large", encryption=customer) == large), (b"secret", True))
refused("reading without the key", lambda: content("secret"))
until = int(time.time() * 1000) + 3_600_000
held = bucket.upload_bytes(b"held", "held", file_retention=FileRetentionSetting(RetentionMode.GOVERNANCE, until), legal_hold=LegalHold.ON)
info = api.get_file_info(held.id_)
refused("deleting what is held", lambda: api.delete_file_version(held.id_, "held"))
api.update_file_legal_hold(held.id_, "held", LegalHold.OFF)
refused("deleting what is retained", lambda: api.delete_file_version(held.id_, "held"))
api.update_file_retention(held.id_, "held", FileRetentionSetting(RetentionMode.NONE, None), bypass_governance=True)
api.delete_file_version(held.id_, "held")

# Keys.
inside = api.create_key(["listBuckets", "listFiles", "readFiles", "writeFiles"], "inside", valid_duration_seconds=100, bucket_id=bucket.id_, name_prefix="in/")
equal("keys", [k.key_name for k in api.list_keys()], ["inside"])
theirs = connect(inside.id_, inside.application_key).get_bucket_by_name("photos-1")
theirs.upload_bytes(b"x", "in/x")
refused("writing outside the prefix", lambda: theirs.upload_bytes(b"x", "out/x"))
api.delete_key_by_id(inside.id_)


def sync(source, target):
    with open(os.devnull, "w") as nowhere, SyncReport(nowhere, True) as report:
        Synchronizer(4, policies_manager=ScanPoliciesManager(), keep_days_or_delete=KeepOrDeleteMode.DELETE).sync_folders(
            parse_folder(source, api), parse_folder(target, api), int(time.time() * 1000), report)


tree, back = os.path.join(directory, "tree"), os.path.join(directory, "back")
os.makedirs(os.path.join(tree, "sub"))
os.makedirs(back)
for name in ("a b+c", "gone", "sub/é%.txt"):
    with open(os.path.join(tree, name), "w") as f:
        f.write(name)
sync(tree, "b2://photos-1/tree")
os.remove(os.path.join(tree, "gone"))
sync(tree, "b2://photos-1/tree")
sync("b2://photos-1/tree", "b2://photos-1/tree2")
sync("b2://photos-1/tree2", back)
equal("trees", names("tree2"), [("upload", "tree2/a b+c"), ("upload", "tree2/sub/é%.txt")])
with open(os.path.join(back, "sub/é%.txt")) as f:
    equal("a file of a tree", f.read(), "sub/é%.txt")

for version, _ in list(bucket.ls(recursive=True, latest_only=False)):
    if not version.file_name.startswith("kept/"):
        api.delete_file_version(version.id_, version.file_name)
refused("deleting a bucket with files", lambda: api.delete_bucket(bucket))
