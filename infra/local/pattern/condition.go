package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// compileCondition reads one element of a leaf's list.
func compileCondition(element any) (condition, error) {
	switch v := element.(type) {
	case []any:
		return nil, errors.New("a condition is a value or an object, not a list")
	case map[string]any:
		if len(v) != 1 {
			return nil, errors.New("a condition has one operator")
		}
		for operator, argument := range v {
			c, err := compileOperator(operator, argument)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", operator, err)
			}
			return c, nil
		}
	}
	return some(func(leaf any) bool { return same(leaf, element) }), nil
}

func compileOperator(operator string, argument any) (condition, error) {
	switch operator {
	case "exists":
		want, ok := argument.(bool)
		if !ok {
			return nil, errors.New("true or false is wanted")
		}
		return func(leaves []any) bool { return len(leaves) > 0 == want }, nil
	case "prefix", "suffix":
		affix, ok := argument.(string)
		if !ok || affix == "" {
			return nil, errors.New("a text is wanted")
		}
		has := strings.HasPrefix
		if operator == "suffix" {
			has = strings.HasSuffix
		}
		return some(func(leaf any) bool {
			text, ok := leaf.(string)
			return ok && has(text, affix)
		}), nil
	case "anything-but":
		return compileAnythingBut(argument)
	case "numeric":
		return compileNumeric(argument)
	}
	return nil, errors.New("the local stack doesn't know this operator")
}

func compileAnythingBut(argument any) (condition, error) {
	list, ok := argument.([]any)
	if !ok {
		list = []any{argument}
	}
	if len(list) == 0 {
		return nil, errors.New("a text, a number or a list of them is wanted")
	}
	for _, v := range list {
		switch v.(type) {
		case string, json.Number:
		default:
			return nil, errors.New("a text, a number or a list of them is wanted")
		}
	}
	return some(func(leaf any) bool {
		return !slices.ContainsFunc(list, func(v any) bool { return same(leaf, v) })
	}), nil
}

// comparisons are numeric's operators.
var comparisons = map[string]func(a, b float64) bool{
	"=":  func(a, b float64) bool { return a == b },
	"<":  func(a, b float64) bool { return a < b },
	"<=": func(a, b float64) bool { return a <= b },
	">":  func(a, b float64) bool { return a > b },
	">=": func(a, b float64) bool { return a >= b },
}

// compileNumeric reads a list of operators, each with its number, all of which must hold.
func compileNumeric(argument any) (condition, error) {
	wrong := errors.New(`a list such as [">", 0, "<=", 5] is wanted`)
	list, ok := argument.([]any)
	if !ok || len(list) == 0 || len(list)%2 != 0 {
		return nil, wrong
	}
	var all []func(float64) bool
	for pair := range slices.Chunk(list, 2) {
		operator, _ := pair[0].(string)
		compare, known := comparisons[operator]
		bound, isNumber := number(pair[1])
		if !known || !isNumber {
			return nil, wrong
		}
		all = append(all, func(x float64) bool { return compare(x, bound) })
	}
	return some(func(leaf any) bool {
		x, ok := number(leaf)
		return ok && !slices.ContainsFunc(all, func(holds func(float64) bool) bool { return !holds(x) })
	}), nil
}

// some holds where one leaf at least is accepted.
func some(accepts func(leaf any) bool) condition {
	return func(leaves []any) bool { return slices.ContainsFunc(leaves, accepts) }
}

// same compares scalars: numbers by their value, all else by what is written.
func same(a, b any) bool {
	x, isNumber := number(a)
	y, areNumbers := number(b)
	if isNumber && areNumbers {
		return x == y
	}
	return a == b
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case float64:
		return v, true
	}
	return 0, false
}
