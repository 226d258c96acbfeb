// Package codec carries tagged structs to the wire and back. The tags say where
// each member of a call travels; they are read once per type into a plan, and
// the plan runs for every call.
//
// # Where a member travels
//
// A field has one of these tags. A field without one is not on the wire; an
// embedded struct without one counts as if its fields stood in its place.
//
//	uri:"Bucket"              label {Bucket} or {Bucket+} of the operation's path
//	query:"versionId"         query parameter; a list repeats it; of a map, each
//	                          entry is a parameter (the tag's name is then unused),
//	                          unless a field of that name is sent
//	header:"x-amz-acl"        header; a list is joined by commas
//	headers:"x-amz-meta-"     headers with a prefix, map[string]string (also of
//	                          another name); what is decoded has lower-case keys,
//	                          and leaves out headers that have a field of their own
//	status:"-"                status code of the answer
//	payload:"Tagging"         the body is this member: a struct or a pointer to one
//	                          is the document with that root; io.Reader and
//	                          io.ReadCloser are streams; []byte and strings are
//	                          sent as they are
//	xml:"Name"                element of the XML document
//	xml:"xsi:type,attr"       attribute of the element that the struct is
//	xml:",text"               text of the element that the struct is
//	json:"name"               member of the JSON document
//
// # Options
//
// They follow the name, separated by commas.
//
//	required      The member must be there. Of a string in path, query or headers
//	              that means not empty; in documents it is sent even when it is
//	              empty. A nil pointer or a zero time is refused.
//	min3          A string of fewer bytes, or a nil pointer to one, is refused.
//	flat          XML list or map without an element around it.
//	item=Name     XML: element of an item in a wrapped list (default member).
//	item.alias=Name
//	              XML: another element that is an item in answers.
//	key=K value=V XML: elements of a map's entries (defaults key and value).
//	ns=URI        XML: xmlns on the element.
//	nsprefix=xsi  XML: declare that namespace with a prefix.
//	attr text     XML: see above.
//	iso8601 http epoch epochms
//	              How a time is written, epoch in seconds. Default: http in
//	              headers, epoch in JSON, else iso8601. It rules what is sent; an
//	              answer is understood in any of the text forms.
//	token         An idempotency token: a random UUID is sent when it is empty.
//	received      JSON: the member is read in answers and never sent.
//	null          JSON: null is sent instead of leaving the member out.
//	url           Header: the value is percent-encoded on the wire.
//	lenient       A value in an answer that cannot be read is left out, where it
//	              would else be an error.
//
// Options of what is inside a list or a map have a prefix: item.ns=URI,
// key.ns=URI, value.ns=URI, item.item=Name, value.key=K, value.value=V.
//
// A json tag has only options of one word: encoding/json/v2 passes over words
// that it does not know, but refuses to touch a struct with a tag such as
// json:"name,a=b", and users may print ours with it.
//
// # Go types
//
// Strings (also named ones), booleans, integers, floats, time.Time, []byte
// (base64), slices, maps with string keys, structs, and pointers to these.
//
// What is absent is not sent: an empty string, a zero number or time, false, a
// nil pointer, slice or map. A pointer is sent whatever it points to. An empty
// slice or map that is not nil is sent where the place can show it: as an
// empty element, [], {}, or an empty header. A struct that is no pointer is
// always sent, and so are items of lists and values of maps. NaN and the
// infinities travel as text.
//
// In answers, unknown elements and members are ignored, an empty element of a
// number, boolean or time counts as absent, and null is the zero value.
//
// Tags that make no sense panic when the plan is made, so that the first test
// of a type finds them.
package codec
