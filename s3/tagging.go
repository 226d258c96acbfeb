package s3

// Tag is a name and a value. Key has up to 128 characters, Value up to 256 and
// may be empty.
type Tag struct {
	Key   string `xml:"Key,required,min1"`
	Value string `xml:"Value,required"`
}
