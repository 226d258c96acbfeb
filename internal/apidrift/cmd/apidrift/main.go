// Command apidrift prints operations of a vendor's model as Go source to begin
// from, in this module's style:
//
//	go run ./internal/apidrift/cmd/apidrift -models DIR -service s3 PutBucketTagging GetBucketTagging
//
// Types and enums that the package has already are left out. Without names it
// lists the operations that the package lacks.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/entrepot-go/entrepot/internal/apidrift"
)

var services = map[string]*apidrift.Service{
	"s3":        apidrift.S3,
	"ibmcos":    apidrift.IBMCOS,
	"lightsail": apidrift.Lightsail,
}

func main() {
	models := flag.String("models", "", "`folder` of the facts: s3.json, ibmcos.json, lightsail.json")
	service := flag.String("service", "s3", "one of "+strings.Join(slices.Sorted(maps.Keys(services)), ", "))
	dir := flag.String("dir", "", "`folder` of the package; default: the one named as the service")
	flag.Parse()
	if err := run(*models, *service, *dir, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(models, service, dir string, names []string) error {
	s := services[service]
	if s == nil {
		return fmt.Errorf("apidrift: there is no service %q", service)
	}
	if dir == "" {
		dir = service
	}
	data, err := os.ReadFile(filepath.Join(models, service+".json"))
	if err != nil {
		return fmt.Errorf("apidrift: %w", err)
	}
	m, err := apidrift.Parse(s, data)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		missing, err := apidrift.Missing(m, dir)
		for _, name := range missing {
			fmt.Println(name)
		}
		return err
	}
	out, err := apidrift.Skeleton(s, m, dir, names...)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(out)
	return err
}
