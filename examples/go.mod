// Module examples holds programs that show the clients at work. What they
// need beyond the root module stays here.
module github.com/entrepot-go/entrepot/examples

go 1.26

require github.com/entrepot-go/entrepot v0.0.0

require (
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/schollz/progressbar/v3 v3.19.1 // indirect
	golang.org/x/sys v0.46.0 // indirect
	golang.org/x/term v0.44.0 // indirect
)

replace github.com/entrepot-go/entrepot => ../
