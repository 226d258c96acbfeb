package pets

var (
	ErrNoSuchPet error = &Sentinel{Service: "pets", Code: "NoSuchPet"}
	ErrPetAsleep error = &Sentinel{Service: "pets", Code: "PetAsleepException"}
)

// GetPet returns a pet.
//
// Errors: [ErrNoSuchPet].
//
// API: https://pets.example/GetPet
func (c *Client) GetPet() {}

// PutPet changes a pet.
//
// Errors: [ErrNoSuchPet], [ErrPetAsleep].
//
// Deprecated: use a cage.
//
// API: https://pets.example/PutPet
func (c *Client) PutPet() {}

type Kind string

const (
	KindHouseCat Kind = "house:cat"
	KindDog2     Kind = "DOG_2"
)

type Pet struct {
	// Deprecated: every pet has two.
	Eyes *int32
}
