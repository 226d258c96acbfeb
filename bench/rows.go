package main

import (
	"fmt"
	"slices"
)

// A task is one kind of work that clients are measured at. Several rows of the
// table may come from one task.
type task struct {
	api      string // s3 unless it says otherwise
	job      string // of the client programs
	secure   bool   // over TLS
	unsigned bool
	token    bool // of IBM: with an API key, not an HMAC key
	verified bool // downloads are compared with the checksum of the whole
	transfer bool // its calls move the large object
	keys     bool // each of its calls is about a page of keys, or of buckets
	defaults bool // parts and requests in flight as each client has them by itself
	late     bool // the server takes its time for the first byte
	stalled  bool // one request of a hundred comes to a halt
	calls    int  // measured in one run
	clients  []string
	fewer    map[string]int // what the calls are divided by, of clients that would take too long
}

const (
	floor    = "floor"
	entrepot = "entrepot"
	aws      = "aws"
	minio    = "minio"
	blazer   = "blazer"
	rclone   = "rclone"
	ibm      = "ibm"

	s3        = "s3"
	b2        = "b2"
	lightsail = "lightsail"
	ibmcos    = "ibmcos"
	moves     = "transfer" // of S3: whole transfers
)

var titles = map[string]string{floor: "floor", entrepot: "entrepot", aws: "AWS SDK v2", minio: "minio-go", blazer: "blazer", rclone: "rclone", ibm: "IBM SDK"}

// apis have a table each.
var apis = []string{s3, moves, b2, lightsail, ibmcos}

// clientsOf are the clients of an API in the order in which they take turns.
var clientsOf = map[string][]string{
	s3:        {floor, entrepot, aws, minio},
	moves:     {floor, entrepot, aws, minio},
	b2:        {floor, entrepot, blazer, rclone},
	lightsail: {floor, entrepot, aws},
	ibmcos:    {floor, entrepot, ibm},
}

var clients = []string{floor, entrepot, aws, minio, blazer, rclone, ibm}

var tasks = map[string]task{
	"put":             {job: "put", calls: 20_000},
	"get":             {job: "get", calls: 20_000},
	"head":            {job: "head", calls: 20_000},
	"list":            {job: "list", calls: 1000, keys: true},
	"versions":        {job: "versions", calls: 200, keys: true},
	"delete":          {job: "delete", calls: 200, keys: true},
	"presign":         {job: "presign", calls: 20_000, clients: []string{entrepot, aws, minio}},
	"upload-tls":      {job: "upload", secure: true, transfer: true, calls: 1},
	"upload-http":     {job: "upload", transfer: true, calls: 1},
	"upload-unsigned": {job: "upload", unsigned: true, transfer: true, calls: 1},
	"download":        {job: "download", transfer: true, calls: 1},
	"sha256":          {job: "sha256", transfer: true, calls: 1, clients: []string{floor}},
	"start":           {},
	"size":            {},
	"compile":         {clients: []string{entrepot, aws, minio}},

	"move-up":    {api: moves, job: "upload", defaults: true, secure: true, transfer: true, calls: 1},
	"move-down":  {api: moves, job: "download", defaults: true, secure: true, transfer: true, calls: 1},
	"plain-up":   {api: moves, job: "upload", defaults: true, transfer: true, calls: 1},
	"plain-down": {api: moves, job: "download", defaults: true, transfer: true, calls: 1},
	"late-up":    {api: moves, job: "upload", defaults: true, late: true, transfer: true, calls: 1},
	"late-down":  {api: moves, job: "download", defaults: true, late: true, transfer: true, calls: 1},
	"files-up":   {api: moves, job: "directory", defaults: true, late: true, calls: 10_000, clients: []string{floor, entrepot, aws}, fewer: map[string]int{aws: 5}},
	"stalled":    {api: moves, job: "fetch", defaults: true, stalled: true, calls: 4000},
	"crowd":      {api: moves, job: "streams", defaults: true, calls: 100},
	"crowd-1000": {api: moves, job: "streams", defaults: true, calls: 1000, clients: []string{floor, entrepot}},

	// rclone makes 100 calls a second at most.
	"b2-put":      {api: b2, job: "put", calls: 20_000, fewer: map[string]int{rclone: 40}},
	"b2-list":     {api: b2, job: "list", calls: 1000, keys: true, fewer: map[string]int{rclone: 5}},
	"b2-upload":   {api: b2, job: "upload", transfer: true, calls: 1},
	"b2-download": {api: b2, job: "download", transfer: true, calls: 1, clients: []string{floor, entrepot}},
	"b2-verified": {api: b2, job: "download", verified: true, transfer: true, calls: 1},
	"sha1":        {api: b2, job: "sha1", transfer: true, calls: 1, clients: []string{floor}},

	"lightsail-buckets": {api: lightsail, job: "buckets", keys: true, calls: 200},

	"ibm-put":      {api: ibmcos, job: "put", token: true, calls: 20_000},
	"ibm-put-hmac": {api: ibmcos, job: "put", calls: 20_000},
	"ibm-list":     {api: ibmcos, job: "list", token: true, keys: true, calls: 1000, fewer: map[string]int{ibm: 5}},
	"ibm-upload":   {api: ibmcos, job: "upload", token: true, transfer: true, calls: 1},
	"ibm-download": {api: ibmcos, job: "download", token: true, transfer: true, calls: 1},
}

// apiOf is the API of a task.
func apiOf(name string) string {
	if api := tasks[name].api; api != "" {
		return api
	}
	return s3
}

// clientsAt are the clients that a task is for.
func clientsAt(name string) []string {
	if only := tasks[name].clients; only != nil {
		return only
	}
	return clientsOf[apiOf(name)]
}

// sample is one measurement of a client at a task.
type sample struct {
	cpu     float64 // seconds for each call, GiB, key or start
	wall    float64 // seconds that one of them took, several at a time
	median  float64 // seconds of one call
	tail    float64 // seconds that one call of a hundred exceeds
	least   struct{ cpu, wall float64 }
	mallocs float64 // of each call
	memory  float64 // MiB, the most that the process held
	added   float64 // MB by which the program is larger than the floor's
	own     float64 // MB of it that are this module's symbols
}

// A round holds what was measured one client after the other: by task and
// client.
type round map[string]map[string]sample

// A row is a line of the table.
type row struct {
	name   string
	title  string
	task   string
	value  func(sample) float64
	format string

	// limit is the budget for entrepot, goal what it is to be later; zero: none.
	limit, goal func(round) float64
	budget      string
	needs       []string // further tasks that the budget looks at
}

func cpu(s sample) float64     { return s.cpu }
func micros(s sample) float64  { return s.cpu * 1e6 }
func millis(s sample) float64  { return s.cpu * 1e3 }
func wall(s sample) float64    { return s.wall * 1e3 }
func seconds(s sample) float64 { return s.wall }
func mallocs(s sample) float64 { return s.mallocs }
func memory(s sample) float64  { return s.memory }
func added(s sample) float64   { return s.added }
func own(s sample) float64     { return s.own }

func rate(s sample) float64 {
	if s.wall == 0 {
		return 0
	}
	return 1 / s.wall
}

// The budgets are those of the project's design.
var rows = []row{
	{
		name: "put", title: "PUT 1 KiB, µs CPU a call", task: "put", value: micros, format: "%.1f",
		budget: "≤ 2.0 × floor, then 1.6 ×", limit: floors("put", micros, 2.0), goal: floors("put", micros, 1.6),
	},
	{
		name: "get", title: "GET 1 KiB, µs CPU a call", task: "get", value: micros, format: "%.1f",
		budget: "≤ 1.7 × floor, then 1.4 ×", limit: floors("get", micros, 1.7), goal: floors("get", micros, 1.4),
	},
	{
		name: "put-allocs", title: "allocations a PUT", task: "put", value: mallocs, format: "%.0f",
		budget: "≤ 110, then 90", limit: fixed(110), goal: fixed(90),
	},
	{
		name: "get-allocs", title: "allocations a GET", task: "get", value: mallocs, format: "%.0f",
		budget: "≤ 110, then 90", limit: fixed(110), goal: fixed(90),
	},
	{name: "head", title: "HEAD, µs CPU a call", task: "head", value: micros, format: "%.1f"},
	{
		name: "list", title: "ListObjectsV2 of 1,000,000 keys, µs CPU a key", task: "list", value: micros, format: "%.2f",
		budget: "≤ 1.3 µs, then 1.0 µs", limit: fixed(1.3), goal: fixed(1.0),
	},
	{name: "versions", title: "ListObjectVersions, µs CPU an entry", task: "versions", value: micros, format: "%.2f"},
	{name: "delete", title: "DeleteObjects, 1,000 a call, µs CPU a key", task: "delete", value: micros, format: "%.2f"},
	{name: "presign", title: "presigning a GET, µs CPU a URL", task: "presign", value: micros, format: "%.1f"},
	{
		name: "upload-tls", title: "upload a file over TLS, CPU s/GiB", task: "upload-tls", value: cpu, format: "%.2f",
		budget: "≤ 1.08 × floor", limit: floors("upload-tls", cpu, 1.08),
	},
	{
		name: "upload-http", title: "upload a file, plain HTTP, CPU s/GiB", task: "upload-http", value: cpu, format: "%.2f",
		budget: "≤ floor + SHA-256 + 5 %", needs: []string{"sha256"},
		limit: func(r round) float64 {
			return (r["upload-http"][floor].cpu + r["sha256"][floor].cpu) * 1.05
		},
	},
	{
		name: "upload-unsigned", title: "upload a file, plain HTTP, unsigned with a CRC, CPU s/GiB", task: "upload-unsigned", value: cpu, format: "%.2f",
		budget: "≤ 1.1 × floor", limit: floors("upload-unsigned", cpu, 1.1),
	},
	{
		name: "download", title: "download, CPU s/GiB", task: "download", value: cpu, format: "%.2f",
		budget: "≤ 1.0 × best peer",
		limit:  func(r round) float64 { return min(r["download"][aws].cpu, r["download"][minio].cpu) },
	},
	{
		name: "memory", title: "peak memory of a file upload, MiB", task: "upload-http", value: memory, format: "%.1f",
		budget: "≤ 20 MiB", limit: fixed(20),
	},
	{name: "start", title: "program that puts one object, ms CPU", task: "start", value: millis, format: "%.1f"},
	{name: "start-least", title: "the least of its starts, ms CPU", task: "start", value: func(s sample) float64 { return s.least.cpu * 1e3 }, format: "%.1f"},
	{name: "start-wall", title: "from its start to its end, ms", task: "start", value: wall, format: "%.1f"},
	{name: "start-wall-least", title: "the least of them, ms", task: "start", value: func(s sample) float64 { return s.least.wall * 1e3 }, format: "%.1f"},
	{
		name: "size", title: "the same program, MB more than with net/http", task: "size", value: added, format: "%.2f",
		budget: "≤ 1.4 MB", limit: fixed(1.4),
	},
	{
		name: "size-own", title: "of it this module's symbols, MB", task: "size", value: own, format: "%.2f",
		budget: "≤ 0.3 MB", limit: fixed(0.3),
	},
	{
		name: "compile", title: "compiling this whole module; of the others, S3, CPU s", task: "compile", value: cpu, format: "%.1f",
		budget: "< 5 s", limit: fixed(5),
	},

	{
		name: "move-up", title: "upload a file over TLS, s/GiB", task: "move-up", value: seconds, format: "%.2f",
		budget: "≤ 1.1 × floor", limit: floors("move-up", seconds, 1.1),
	},
	{
		name: "move-down", title: "download it, s/GiB", task: "move-down", value: seconds, format: "%.2f",
		budget: "≤ 1.1 × floor", limit: floors("move-down", seconds, 1.1),
	},
	{
		name: "plain-up", title: "upload it over plain HTTP, which wants a SHA-256, s/GiB", task: "plain-up", value: seconds, format: "%.2f",
		budget: "≤ 1.1 × floor", limit: floors("plain-up", seconds, 1.1),
	},
	{
		name: "plain-down", title: "download it over plain HTTP, s/GiB", task: "plain-down", value: seconds, format: "%.2f",
		budget: "≤ 1.1 × floor", limit: floors("plain-down", seconds, 1.1),
	},
	{name: "late-up", title: "upload over plain HTTP, 20 ms to the first byte of an answer, s/GiB", task: "late-up", value: seconds, format: "%.2f"},
	{name: "late-down", title: "download so, s/GiB", task: "late-down", value: seconds, format: "%.2f"},
	{
		name: "files-up", title: "upload 10,000 files of 4 KiB so, ms a file", task: "files-up", value: wall, format: "%.2f",
		budget: "≤ AWS SDK ÷ 8", limit: times("files-up", wall, aws, 1./8),
	},
	{
		name: "stalled-median", title: "GET 1 MiB, 20 ms to the first byte, one of 100 stalls for 2 s: median, ms", task: "stalled",
		value: func(s sample) float64 { return s.median * 1e3 }, format: "%.2f",
	},
	{
		name: "stalled-tail", title: "the same, what one of 100 exceeds, ms", task: "stalled",
		value: func(s sample) float64 { return s.tail * 1e3 }, format: "%.2f",
		budget: "≤ 3 × its median", limit: func(r round) float64 { return 3e3 * r["stalled"][entrepot].median },
	},
	{name: "crowd", title: "peak memory of 100 uploads of 9 MiB at a time, of unknown length, MiB", task: "crowd", value: memory, format: "%.0f"},
	{
		name: "crowd-1000", title: "of 1,000 of them, MiB", task: "crowd-1000", value: memory, format: "%.0f",
		budget: "≤ 64 MiB of buffers + 0.25 MiB each", limit: fixed(64 + 250),
	},

	// A third of what blazer takes for an upload has been less than the floor.
	{
		name: "b2-put", title: "upload of 1 KiB, µs CPU a call", task: "b2-put", value: micros, format: "%.1f",
		budget: "≤ blazer ÷ 3", limit: times("b2-put", micros, blazer, 1./3),
	},
	{name: "b2-put-rate", title: "uploads of 1 KiB a second", task: "b2-put", value: rate, format: "%.0f"},
	{name: "b2-put-allocs", title: "allocations an upload", task: "b2-put", value: mallocs, format: "%.0f"},
	{
		name: "b2-list", title: "list of 1,000,000 file names, µs CPU a name", task: "b2-list", value: micros, format: "%.2f",
		budget: "≤ blazer ÷ 3", limit: times("b2-list", micros, blazer, 1./3),
	},
	{name: "b2-upload", title: "upload a file, CPU s/GiB", task: "b2-upload", value: cpu, format: "%.2f", needs: []string{"sha1"}},
	{name: "b2-download", title: "download by ranges, not verified, CPU s/GiB", task: "b2-download", value: cpu, format: "%.2f"},
	{name: "b2-verified", title: "download in order, SHA-1 verified, CPU s/GiB", task: "b2-verified", value: cpu, format: "%.2f", needs: []string{"sha1"}},
	{name: "b2-memory", title: "peak memory of a file upload, MiB", task: "b2-upload", value: memory, format: "%.1f"},

	{
		name: "lightsail-buckets", title: "GetBuckets with 1,000 buckets, µs CPU a bucket", task: "lightsail-buckets", value: micros, format: "%.2f",
		budget: "≤ AWS SDK ÷ 3", limit: times("lightsail-buckets", micros, aws, 1./3),
	},
	{name: "lightsail-buckets-allocs", title: "allocations a call of it", task: "lightsail-buckets", value: mallocs, format: "%.0f"},

	{
		name: "ibm-put", title: "PUT 1 KiB with an API key, µs CPU a call", task: "ibm-put", value: micros, format: "%.1f",
		budget: "≤ IBM SDK ÷ 3", limit: times("ibm-put", micros, ibm, 1./3),
	},
	{
		name: "ibm-put-hmac", title: "the same, signed with an HMAC key", task: "ibm-put-hmac", value: micros, format: "%.1f",
		budget: "≤ IBM SDK ÷ 3", limit: times("ibm-put-hmac", micros, ibm, 1./3),
	},
	{name: "ibm-put-allocs", title: "allocations a PUT", task: "ibm-put", value: mallocs, format: "%.0f"},
	{
		name: "ibm-list", title: "ListObjectsV2 of 1,000,000 keys, µs CPU a key", task: "ibm-list", value: micros, format: "%.2f",
		budget: "≤ IBM SDK ÷ 3", limit: times("ibm-list", micros, ibm, 1./3),
	},
	{name: "ibm-upload", title: "upload a file, plain HTTP, CPU s/GiB", task: "ibm-upload", value: cpu, format: "%.2f"},
	{name: "ibm-download", title: "download, CPU s/GiB", task: "ibm-download", value: cpu, format: "%.2f"},
	{name: "ibm-memory", title: "peak memory of a file upload, MiB", task: "ibm-upload", value: memory, format: "%.1f"},
}

func floors(task string, value func(sample) float64, n float64) func(round) float64 {
	return times(task, value, floor, n)
}

// times is n times what a client takes at a task.
func times(task string, value func(sample) float64, client string, n float64) func(round) float64 {
	return func(r round) float64 { return n * value(r[task][client]) }
}

func fixed(limit float64) func(round) float64 { return func(round) float64 { return limit } }

// selectRows returns the rows of these names, all of them if there is none.
func selectRows(names []string) ([]row, error) {
	var selected []row
	for _, r := range rows {
		if len(names) == 0 || slices.Contains(names, r.name) {
			selected = append(selected, r)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.name == name }) {
			return nil, fmt.Errorf("there is no row %q", name)
		}
	}
	return selected, nil
}

// tasksOf returns the tasks that rows come from, in the rows' order.
func tasksOf(rows []row) []string {
	var names []string
	for _, r := range rows {
		for _, name := range append([]string{r.task}, r.needs...) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
