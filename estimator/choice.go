package estimator

import "fmt"

// Choice is an option's value that people type by its name.
type Choice interface {
	~uint8
	fmt.Stringer
}

// choices lists every value below the count.
func choices[T Choice](count T) []T {
	all := make([]T, 0, count)
	for i := range count {
		all = append(all, i)
	}
	return all
}

// Choose finds the value of that name; false when there is none. The default's
// empty name is never found.
func Choose[T Choice](among []T, name string) (T, bool) {
	for _, c := range among {
		if name != "" && c.String() == name {
			return c, true
		}
	}
	return 0, false
}
