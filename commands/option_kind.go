package commands

import (
	"math"
	"strconv"
	"strings"

	"membot/estimator"
)

// valueError is what is wrong with an option's value.
type valueError struct {
	want string // what is wanted
	near string // the nearest valid value, if there is one
}

func (o OptionRow) slash() OptionRow            { o.Slash = true; return o }
func (o OptionRow) always() OptionRow           { o.Default = true; return o }
func (o OptionRow) with(c *condition) OptionRow { o.needs = c; return o }
func (o OptionRow) says(english, chinese string) OptionRow {
	o.English, o.Chinese = english, chinese
	return o
}

// choice is an option with one of several named values.
func choice[T estimator.Choice](key string, scope Scope, among []T, field func(*estimator.Plan) *T) OptionRow {
	names := namesOf(among)
	return OptionRow{
		Key: key, Scope: scope, Values: names,
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			picked, ok := estimator.Choose(among, value)
			if !ok {
				return "", oneOf(value, names)
			}
			*field(p) = picked
			return picked.String(), nil
		},
		show: func(p *estimator.Plan) any { return text(field(p)) },
	}
}

// text is a choice's name, nil where it was left open.
func text[T estimator.Choice](c *T) any {
	if name := (*c).String(); name != "" {
		return name
	}
	return nil
}

func namesOf[T estimator.Choice](among []T) []string {
	names := make([]string, 0, len(among))
	for _, c := range among {
		if c.String() != "" {
			names = append(names, c.String())
		}
	}
	return names
}

func oneOf(value string, names []string) *valueError {
	return &valueError{want: strings.Join(names, ", "), near: closest(value, names)}
}

// number is an option with a whole number from 1; k and m are powers of 1024.
func number(key string, scope Scope, field func(*estimator.Plan) *int64) OptionRow {
	o := numberFromZero(key, scope, field)
	read := o.read
	o.read = func(value string, p *estimator.Plan) (string, *valueError) {
		canonical, err := read(value, p)
		if err == nil && *field(p) == 0 {
			return "", &valueError{want: "a whole number from 1", near: "1"}
		}
		return canonical, err
	}
	return o
}

func numberFromZero(key string, scope Scope, field func(*estimator.Plan) *int64) OptionRow {
	return OptionRow{
		Key: key, Scope: scope, Number: true,
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			n, err := wholeNumber(value)
			if err != nil {
				return "", err
			}
			*field(p) = n
			return strconv.FormatInt(n, 10), nil
		},
		show: func(p *estimator.Plan) any { return *field(p) },
	}
}

// counted is a number whose zero differs from its default.
func counted(key string, scope Scope, field func(*estimator.Plan) *estimator.Count) OptionRow {
	return OptionRow{
		Key: key, Scope: scope, Number: true,
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			n, err := wholeNumber(value)
			if err != nil {
				return "", err
			}
			*field(p) = estimator.Count{N: n, Set: true}
			return strconv.FormatInt(n, 10), nil
		},
		show: func(p *estimator.Plan) any {
			if !field(p).Set {
				return nil
			}
			return field(p).N
		},
	}
}

// wholeNumber reads 4096, 32k or 1m.
func wholeNumber(value string) (int64, *valueError) {
	digits, unit := value, float64(1)
	switch {
	case strings.HasSuffix(value, "k"):
		digits, unit = value[:len(value)-1], 1<<10
	case strings.HasSuffix(value, "m"):
		digits, unit = value[:len(value)-1], 1<<20
	}
	number, err := strconv.ParseFloat(strings.ReplaceAll(digits, "_", ""), 64)
	bad := &valueError{want: "a whole number, such as 4096 or 32k"}
	if err != nil || strings.ContainsAny(digits, "eExXpPnN+") {
		return 0, bad
	}
	number *= unit
	switch {
	case number < 0:
		bad.near = "1"
		return 0, bad
	case number >= 1e18:
		return 0, &valueError{want: "a whole number, such as 4096 or 32k"}
	case number != math.Trunc(number):
		bad.near = strconv.FormatInt(int64(math.Ceil(number)), 10)
		return 0, bad
	}
	return int64(number), nil
}

// share is an option with a fraction from 0 to 1.
func share(key string, scope Scope, field func(*estimator.Plan) *float64) OptionRow {
	return OptionRow{
		Key: key, Scope: scope, Values: []string{"0 to 1"},
		read: func(value string, p *estimator.Plan) (string, *valueError) {
			number, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
			if strings.HasSuffix(value, "%") {
				number /= 100
			}
			if err != nil || math.IsNaN(number) || number < 0 || number > 1 {
				return "", &valueError{want: "a share from 0 to 1, such as 0.9"}
			}
			*field(p) = number
			return strconv.FormatFloat(number, 'g', -1, 64), nil
		},
		show: func(p *estimator.Plan) any { return *field(p) },
	}
}

// onOff is an option that is on or off.
func onOff(key string, scope Scope, field func(*estimator.Plan) *estimator.Switch) OptionRow {
	o := choice(key, scope, estimator.Switches(), field)
	show := o.show
	o.show = func(p *estimator.Plan) any {
		if *field(p) == estimator.Unset && !engineDecides[key] {
			return "off"
		}
		return show(p)
	}
	return o
}

// engineDecides are the switches whose default is not off.
var engineDecides = map[string]bool{"chunked": true}

// dtypeOption takes a number format: all of them, or those named.
func dtypeOption(key string, scope Scope, field func(*estimator.Plan) *estimator.DType, only ...string) OptionRow {
	among := estimator.DTypes()
	if len(only) > 0 {
		among = nil
		for _, name := range only {
			d, _ := estimator.Choose(estimator.DTypes(), name)
			among = append(among, d)
		}
	}
	return choice(key, scope, among, field)
}
