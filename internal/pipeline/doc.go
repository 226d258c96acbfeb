// Package pipeline carries a typed call to a service and its answer back: the
// one way that the calls of all providers take.
//
//	Input → encode → Provider.Prepare → attempts → decode → Output
//	attempt: Provider.Endpoint → Provider.Sign → send → Provider.Judge
//
// An attempt is made by a RoundTripper beneath the loop that retries: each one
// asks anew where to go and is signed afresh with the credentials and the time
// of that moment. What a service does differently is behind [Provider]; nothing
// here knows a provider's name.
package pipeline
