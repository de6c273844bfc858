// Package tiny is mutated by the mutation tool's test.
package tiny

// Larger gives the larger of two numbers. That equal ones are the same makes one mutant equivalent.
func Larger(a, b int) int {
	if a > b {
		return a
	}
	return b
}

// Sum adds the numbers below n.
func Sum(n int) int {
	sum := 0
	for i := 0; i < n; {
		sum += i
		i++
	}
	return sum
}

// Name is known to no test.
func Name(number int) string {
	switch number {
	case 1:
		return "one"
	}
	return "many"
}
