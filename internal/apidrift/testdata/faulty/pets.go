package pets

var ErrNoSuchPet error = &Sentinel{Code: "NoPet"}

// PutPet changes a pet.
//
// Errors: [ErrNoSuchPet], [ErrCageOpen].
//
// API: https://pets.example/GetPet
func (c *Client) PutPet() {}

func (c *Client) ListPets() {}

type Kind string

const (
	KindCat  Kind = "house:cat"
	KindFish Kind = "fish"
)
