package paginator_test

import (
	"context"
	"fmt"

	"github.com/entrepot-go/entrepot/paginator"
)

// shelf stands for a provider's client.
type shelf struct{}

type ListBooksInput struct{ StartAfter string }

type ListBooksOutput struct {
	Books     []string
	Truncated bool
}

func (o *ListBooksOutput) NextPage(next *ListBooksInput) (string, bool) {
	if len(o.Books) > 0 {
		next.StartAfter = o.Books[len(o.Books)-1]
	}
	return next.StartAfter, o.Truncated
}

func (o *ListBooksOutput) Items() []string { return o.Books }

func (shelf) ListBooks(_ context.Context, in *ListBooksInput, _ ...func()) (*ListBooksOutput, error) {
	if in.StartAfter == "" {
		return &ListBooksOutput{Books: []string{"Emma", "Ivanhoe"}, Truncated: true}, nil
	}
	return &ListBooksOutput{Books: []string{"Walden"}}, nil
}

func ExampleItems() {
	ctx := context.Background()
	client := shelf{}
	for book, err := range paginator.Items(ctx, client.ListBooks, &ListBooksInput{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(book)
	}
	// Output:
	// Emma
	// Ivanhoe
	// Walden
}

func ExamplePages() {
	ctx := context.Background()
	client := shelf{}
	for page, err := range paginator.Pages(ctx, client.ListBooks, &ListBooksInput{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(page.Books), "books")
	}
	// Output:
	// 2 books
	// 1 books
}
