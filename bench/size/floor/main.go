// Command floor stores an object with bare net/http, to be compared in size.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPut, os.Args[1]+"/photos/cat.jpg", strings.NewReader("meow"))
	if err != nil {
		log.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	log.Print(resp.Header.Get("Etag"))
}
