// Package pipeline carries a typed call to a service and its answer back: the
// one way that the calls of all providers take.
//
//	Input → encode → Provider.Prepare → [ Endpoint → Sign → send → classify ]× → decode → Output
//
// The part in brackets is an attempt. It happens in a RoundTripper beneath the
// retry loop, so that each attempt asks anew where to go and is signed afresh
// with the credentials and the time of that moment. What a service does
// differently is behind [Provider]; nothing here knows a provider's name.
package pipeline
