package storagetest

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
)

// lightsailOperation is a change, as the API shows it.
type lightsailOperation struct {
	ID            string            `json:"id"`
	ResourceName  string            `json:"resourceName"`
	ResourceType  string            `json:"resourceType"`
	Created       float64           `json:"createdAt"`
	Location      lightsailLocation `json:"location"`
	Terminal      bool              `json:"isTerminal"`
	Details       string            `json:"operationDetails"`
	Type          string            `json:"operationType"`
	Status        string            `json:"status"`
	StatusChanged float64           `json:"statusChangedAt"`
	ErrorCode     string            `json:"errorCode"`
	ErrorDetails  string            `json:"errorDetails"`
}

// done is the list of operations that a change answers with: one, at its end
// already.
func (l *Lightsail) done(operation, resource, details string) []*lightsailOperation {
	now := lightsailTime(l.clock())
	l.operations = append(l.operations, &lightsailOperation{
		ID: l.uuid(), ResourceName: resource, ResourceType: "Bucket", Created: now, Location: l.location(),
		Terminal: true, Details: details, Type: operation, Status: "Succeeded", StatusChanged: now,
	})
	return l.operations[len(l.operations)-1:]
}

// SetOperation changes what is reported of an operation, for programs that wait
// for one: status is NotStarted, Started, Failed, Completed or Succeeded, and a
// failed one has an error. It panics if there is no operation of that id.
func (l *Lightsail) SetOperation(id, status, errorCode, errorDetails string) {
	l.state.Lock()
	defer l.state.Unlock()
	o := l.findOperation(id)
	if o == nil {
		panic(fmt.Sprintf("storagetest: there is no operation %q", id))
	}
	o.Status, o.ErrorCode, o.ErrorDetails = status, errorCode, errorDetails
	o.Terminal = status != "NotStarted" && status != "Started"
	o.StatusChanged = lightsailTime(l.clock())
}

func (l *Lightsail) findOperation(id string) *lightsailOperation {
	at := slices.IndexFunc(l.operations, func(o *lightsailOperation) bool { return o.ID == id })
	if at < 0 {
		return nil
	}
	return l.operations[at]
}

type lightsailGetOperation struct {
	ID string `json:"operationId" required:"true"`
}

func (l *Lightsail) getOperation(in *lightsailGetOperation) (any, error) {
	if in.ID == "" {
		return nil, lightsailInvalid("operationId is empty")
	}
	o := l.findOperation(in.ID)
	if o == nil {
		return nil, lightsailNotFound("The operation does not exist: %s", in.ID)
	}
	return map[string]any{"operation": o}, nil
}

type lightsailGetOperations struct {
	PageToken string `json:"pageToken"`
}

func (l *Lightsail) getOperations(in *lightsailGetOperations) (any, error) {
	return l.operationPage(l.operations, in.PageToken)
}

type lightsailGetOperationsFor struct {
	Name      string `json:"resourceName" required:"true"`
	PageToken string `json:"pageToken"`
}

func (l *Lightsail) getOperationsForResource(in *lightsailGetOperationsFor) (any, error) {
	if err := lightsailCheckResource(in.Name); err != nil {
		return nil, err
	}
	var list []*lightsailOperation
	for _, o := range l.operations {
		if o.ResourceName == in.Name {
			list = append(list, o)
		}
	}
	if list == nil && l.buckets[in.Name] == nil {
		return nil, lightsailNotFound("The resource does not exist: %s", in.Name)
	}
	return l.operationPage(list, in.PageToken)
}

func (l *Lightsail) operationPage(list []*lightsailOperation, token string) (any, error) {
	page, next, err := lightsailPage(list, func(o *lightsailOperation) string { return o.ID }, token, l.pageSize)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"operations": orEmptyList(page)}
	if next != "" {
		out["nextPageToken"] = next
	}
	return out, nil
}

// lightsailPage returns the page of a list that token asks for, and the token of
// the next one. A token is the name of the last item before the page, and the
// list is sorted by name.
func lightsailPage[T any](list []T, name func(T) string, token string, size int) (page []T, next string, err error) {
	if token != "" {
		last, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return nil, "", lightsailInvalid("The page token is not valid: %s", token)
		}
		first := slices.IndexFunc(list, func(item T) bool { return name(item) > string(last) })
		if first < 0 {
			first = len(list)
		}
		list = list[first:]
	}
	if len(list) > size {
		list = list[:size]
		next = base64.RawURLEncoding.EncodeToString([]byte(name(list[size-1])))
	}
	return list, next, nil
}

var lightsailResourceName = regexp.MustCompile(`^\w[\w-]*\w$`)

func lightsailCheckResource(name string) error {
	if !lightsailResourceName.MatchString(name) {
		return lightsailInvalid("The resource name is not valid: %q", name)
	}
	return nil
}
