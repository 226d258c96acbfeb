package apidrift

import (
	"flag"
	"go/format"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/vectors"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var pets = &Service{
	Name:     "apidrift", // the package of the types below
	Page:     "https://pets.example/OPERATION",
	Rename:   map[string]string{"Owner": "Keeper"},
	Pointers: map[string]string{"PutPetInput.Force": "false sets free"},
	Secrets:  []string{"ChipNumber", "PutPetInput.Token"},
}

func petModel(t *testing.T) *Model {
	t.Helper()
	data, err := os.ReadFile("testdata/model.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(pets, data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

type Kind string

type Keeper struct {
	Name string `xml:"Name"`
	Type string `xml:"xsi:type,attr"`
}

type Pet struct {
	Name    string    `xml:"Name,required,min3"` // stricter than the model
	Kind    Kind      `xml:"Kind,required"`
	Legs    int32     `xml:"Legs,required"`
	Eyes    *int32    `xml:"Eyes"`
	Owner   *Keeper   `xml:"Owner"`
	Toys    []string  `xml:"Toys,item=Toy"`
	Friends []Keeper  `xml:"Friend,flat"`
	Fed     time.Time `xml:"Fed,epoch"`
}

type GetPetInput struct {
	Name  string    `uri:"Name"`
	Since time.Time `header:"If-Modified-Since"`
}

type GetPetOutput struct {
	Pet              Pet       `payload:"Pet"`
	Born             time.Time `header:"X-Born,lenient"`
	ResponseMetadata entrepot.ResponseMetadata
}

type PutPetInput struct {
	Name      string            `uri:"Name"`
	Pet       *Pet              `payload:"Pet,required,ns=http://pets.example/"`
	Algorithm string            `header:"x-algorithm"`
	Token     entrepot.Secret   `query:"token,required,token"`
	Force     *bool             `query:"force"`
	Chip      entrepot.Secret   `header:"x-chip"`
	Meta      map[string]string `headers:"x-meta-"`
}

type PutPetOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

var (
	opGetPet = &pipeline.Operation{Name: "GetPet", Method: "GET", Path: "/{Name}", Traits: pipeline.Resumable}
	opPutPet = &pipeline.Operation{Name: "PutPet", Method: "PUT", Path: "/{Name}?pet", Traits: pipeline.ChecksumRequired}
)

func TestCompareFindsNothing(t *testing.T) {
	report, err := Compare(pets, petModel(t), "testdata/pets", []Operation{
		Of[GetPetInput, GetPetOutput](opGetPet),
		Of[PutPetInput, PutPetOutput](opPutPet),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &Report{Missing: []string{"ListPets"}}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}

func TestCompareFindsDrift(t *testing.T) {
	// Types of the same names as above, each with faults of its own.
	type Kind string
	type Keeper struct {
		Name string `xml:"Name"`
		Type string `xml:"type"`
	}
	type Pet struct {
		Name    string    `xml:"Name,required"`
		Kind    Kind      `xml:"Kind"`
		Legs    int64     `xml:"Legs,required"`
		Eyes    int32     `xml:"Eyes"`
		Owner   *Keeper   `xml:"Owner"`
		Toys    []string  `xml:"Toys,item=toy"`
		Friends []Keeper  `xml:"Friends,flat"`
		Fed     time.Time `xml:"Fed"`
	}
	type PutPetInput struct {
		Name  string `uri:"Name"`
		Pet   *Pet   `payload:"Pet,required"`
		Token string `query:"token,required"`
		Force *bool
		Chip  string            `header:"x-chip"`
		Meta  map[string]string `header:"x-meta-"`
		Colour,
		hidden string
	}
	type PutPetOutput struct{}
	_ = PutPetInput{}.hidden

	service := *pets
	service.Values = map[string]string{"Pet.Wings": "gone"}
	report, err := Compare(&service, petModel(t), "testdata/faulty", []Operation{
		Of[PutPetInput, PutPetOutput](&pipeline.Operation{Name: "PutPet", Method: "POST", Path: "/{Name}", Root: "Pet", Host: "cage"}),
		Of[struct{}, struct{}](&pipeline.Operation{Name: "EatPet"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &Report{
		Missing: []string{"GetPet", "ListPets"},
		Problems: []string{
			"PutPet: method is POST, want PUT",
			"PutPet: path is /{Name}, want /{Name}?pet",
			`PutPet: root is "Pet" in namespace "", want "" in ""`,
			`PutPet: host is "cage", want ""`,
			"PutPet: traits that the model tells are none, want pipeline.ChecksumRequired",
			`PutPet: doc comment lacks the line "API: https://pets.example/PutPet"`,
			"PutPet: doc comment does not say that it is deprecated",
			`ErrNoSuchPet: its code is "NoPet", want "NoSuchPet"`,
			"PutPet: doc comment does not name [ErrPetAsleep], for the error PetAsleepException",
			"PutPet: doc comment names [ErrCageOpen], which is not declared",
			"PutPetInput.Pet: tag is `payload:\"Pet,required\"`, want `payload:\"Pet,required,ns=http://pets.example/\"`",
			"Pet.Name: tag is `xml:\"Name,required\"`, want `xml:\"Name,required,min1\"`",
			"Pet.Kind: tag is `xml:\"Kind\"`, want `xml:\"Kind,required\"`",
			`Kind: "house:cat" is called KindCat, want KindHouseCat`,
			`Kind: lacks KindDog2 = "DOG_2"`,
			`Kind: the model has no value "fish" (KindFish)`,
			"Pet.Legs: type is int64, want int32",
			"Pet.Eyes: type is int32, want *int32",
			"Pet.Eyes: comment does not say that it is deprecated",
			"Keeper.Type: tag is `xml:\"type\"`, want `xml:\"xsi:type,attr\"`",
			"Pet.Toys: tag is `xml:\"Toys,item=toy\"`, want `xml:\"Toys,item=Toy\"`",
			"Pet.Friends: tag is `xml:\"Friends,flat\"`, want `xml:\"Friend,flat\"`",
			"Pet.Fed: tag is `xml:\"Fed\"`, want `xml:\"Fed,epoch\"`",
			"PutPetInput.Algorithm: is missing: string `header:\"x-algorithm\"`",
			"PutPetInput.Token: type is string, want entrepot.Secret",
			"PutPetInput.Token: tag is `query:\"token,required\"`, want `query:\"token,required,token\"`",
			"PutPetInput.Force: has no tag, want `query:\"force\"`",
			"PutPetInput.Chip: type is string, want entrepot.Secret",
			"PutPetInput.Meta: tag is `header:\"x-meta-\"`, want `headers:\"x-meta-\"`",
			"PutPetInput.Colour: the model has no such member",
			"PutPetOutput: lacks ResponseMetadata",
			"EatPet: the model has no such operation",
			"ListPets: has a method, but the table of operations leaves it out",
			"Pet.Wings: is excepted from the rules, but there is no such member",
		},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}

func TestCompareWantsCommonErrorsDeclared(t *testing.T) {
	type PutPetInput struct{}
	type PutPetOutput struct{}
	service := *pets
	service.Common = []string{"PetAsleepException"}
	report, err := Compare(&service, petModel(t), "testdata/faulty", []Operation{
		Of[PutPetInput, PutPetOutput](&pipeline.Operation{Name: "PutPet", Method: "PUT", Path: "/{Name}?pet"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, problem := range report.Problems {
		if strings.Contains(problem, "PetAsleep") {
			got = append(got, problem)
		}
	}
	want := []string{"PutPet: ErrPetAsleep, for the error PetAsleepException, is not declared"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}

func TestCompareWantsPagingMethods(t *testing.T) {
	type Tally struct {
		Eyes int32 `xml:"Eyes"` // only received, so no pointer
	}
	type ListPetsInput struct {
		Marker   string `query:"marker,min1"`
		Encoding string `query:"encoding-type"`
	}
	type ListPetsOutput struct {
		Pets             []Pet `xml:"Pets"`
		Total            int64 `xml:"Total"`
		Body             Tally `xml:"Body"`
		ResponseMetadata entrepot.ResponseMetadata
	}
	report, err := Compare(pets, petModel(t), "testdata/pets", []Operation{
		Of[ListPetsInput, ListPetsOutput](&pipeline.Operation{Name: "ListPets", Method: "GET", Path: "/", Traits: pipeline.URLKeys}),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ListPets: Client has no such method",
		"ListPetsOutput: has no method NextPage, but the operation pages",
		"ListPetsOutput: has no method Items, but the operation pages",
		"ListPetsInput.Marker: tag `query:\"marker,min1\"` has a least length, but the member may be absent",
		"GetPet: has a method, but the table of operations leaves it out",
		"PutPet: has a method, but the table of operations leaves it out",
	}
	if diff := cmp.Diff(want, report.Problems); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}

func TestSkeleton(t *testing.T) {
	got, err := Skeleton(pets, petModel(t), "testdata/faulty", "GetPet", "PutPet", "ListPets")
	if err != nil {
		t.Fatal(err)
	}
	golden := "testdata/skeleton.golden"
	if *update {
		if err := os.WriteFile(golden, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("Skeleton (-want +got):\n%s", diff)
	}
	if _, err := Skeleton(pets, petModel(t), "testdata/faulty", "EatPet"); err == nil {
		t.Error("Skeleton of an operation that the model lacks succeeds")
	}
}

func TestMissing(t *testing.T) {
	got, err := Missing(petModel(t), "testdata/faulty")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"GetPet"}, got); diff != "" {
		t.Errorf("Missing (-want +got):\n%s", diff)
	}
}

func TestParseRejects(t *testing.T) {
	for name, data := range map[string]string{
		"no JSON":               `{"operations":`,
		"input that is not":     `{"operations": {"A": {"input": {"shape": "B"}}}}`,
		"member that is not":    `{"shapes": {"A": {"type": "structure", "members": {"B": {"shape": "C"}}}}}`,
		"list item that is not": `{"shapes": {"A": {"type": "list", "member": {"shape": "C"}}}}`,
	} {
		if _, err := Parse(pets, []byte(data)); err == nil {
			t.Errorf("%s: Parse(%s) succeeds", name, data)
		}
	}
}

func TestConstant(t *testing.T) {
	for _, test := range []struct{ typ, value, want string }{
		{"StorageClass", "STANDARD_IA", "StorageClassStandardIa"},
		{"ObjectCannedACL", "public-read-write", "ObjectCannedACLPublicReadWrite"},
		{"ServerSideEncryption", "aws:kms:dsse", "ServerSideEncryptionAwsKmsDsse"},
		{"ServerSideEncryption", "AES256", "ServerSideEncryptionAes256"},
		{"Event", "s3:ObjectCreated:*", "EventS3ObjectCreated"},
		{"TransitionDefaultMinimumObjectSize", "all_storage_classes_128K", "TransitionDefaultMinimumObjectSizeAllStorageClasses128k"},
		{"BucketLocationConstraint", "EU", "BucketLocationConstraintEu"},
	} {
		if got := constant(test.typ, test.value); got != test.want {
			t.Errorf("constant(%q, %q) = %s, want %s", test.typ, test.value, got, test.want)
		}
	}

	s := &Service{Constants: map[string]string{"KindHttpOnly": "KindHTTPOnly"}}
	for value, want := range map[string]string{"http-only": "KindHTTPOnly", "http-first": "KindHttpFirst"} {
		if got := s.constant("Kind", value); got != want {
			t.Errorf("with an exception, constant(%q, %q) = %s, want %s", "Kind", value, got, want)
		}
	}
}

// TestSkeletonOfEverything writes all operations of the real models, which
// must at least be Go.
func TestSkeletonOfEverything(t *testing.T) {
	for file, s := range map[string]*Service{"s3.json": S3, "lightsail.json": Lightsail, "ibmcos.json": IBMCOS} {
		t.Run(s.Name, func(t *testing.T) {
			m, err := Parse(s, vectors.Facts(t, file))
			if err != nil {
				t.Fatal(err)
			}
			names := slices.Sorted(maps.Keys(m.Operations))
			src, err := Skeleton(s, m, t.TempDir(), names...)
			if err != nil {
				t.Fatal(err)
			}
			file := "package p\n\n" + string(src)
			if again, err := format.Source([]byte(file)); err != nil || string(again) != file {
				t.Errorf("the skeleton is not formatted: %v", err)
			}
			for _, name := range names {
				if !strings.Contains(string(src), "\ntype "+name+"Input struct") {
					t.Errorf("%s has no input", name)
				}
			}
		})
	}
}

// TestCompareStreams compares the events of an answer that is a stream.
func TestCompareStreams(t *testing.T) {
	model, err := Parse(pets, []byte(`{
		"operations": {"WatchPets": {"output": {"shape": "WatchPetsOutput"}}},
		"shapes": {
			"WatchPetsOutput": {"type": "structure", "members": {"Payload": {"shape": "PetStream"}}, "payload": "Payload"},
			"PetStream": {"type": "structure", "eventstream": true, "members": {"Seen": {"shape": "SeenEvent"}, "Lost": {"shape": "LostEvent"}}},
			"SeenEvent": {"type": "structure", "members": {"Picture": {"shape": "Blob", "eventpayload": true}}},
			"LostEvent": {"type": "structure", "members": {}},
			"Blob": {"type": "blob"}
		}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	type PetStream struct{}
	type WatchPetsOutput struct {
		Payload          *PetStream
		ResponseMetadata entrepot.ResponseMetadata
	}
	type LostEvent struct{}
	compare := func(events ...any) []string {
		op := Operation{Out: reflect.TypeFor[WatchPetsOutput]()}.WithEvents(events...)
		c := &comparison{s: pets, m: model, src: &source{}, seen: map[string]bool{}, used: map[string]bool{}, events: op.Events}
		c.structure(op.Out, "WatchPetsOutput", output)
		return c.report.Problems
	}
	{
		type SeenEvent struct {
			Picture []byte `payload:"Picture"`
		}
		if diff := cmp.Diff([]string(nil), compare(SeenEvent{}, LostEvent{})); diff != "" {
			t.Errorf("as in the model (-want +got):\n%s", diff)
		}
	}
	type SeenEvent struct {
		Picture string `payload:"Picture"`
	}
	type FoundEvent struct{}
	want := []string{
		"SeenEvent.Picture: type is string, want []byte",
		"PetStream: lacks the event Lost, whose type is LostEvent",
		"PetStream: the model has no event of type FoundEvent",
	}
	if diff := cmp.Diff(want, compare(FoundEvent{}, SeenEvent{})); diff != "" {
		t.Errorf("otherwise (-want +got):\n%s", diff)
	}
}
