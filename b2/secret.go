package b2

import "github.com/entrepot-go/entrepot"

// Secret is a string that opens something, a token or a customer's encryption
// key, and prints as a placeholder.
type Secret = entrepot.Secret
