package tiny

import "testing"

func TestLarger(t *testing.T) {
	if Larger(1, 2) != 2 || Larger(2, 1) != 2 || Larger(2, 2) != 2 {
		t.Error("not the larger one")
	}
}

func TestSum(t *testing.T) {
	if n := Sum(4); n != 6 {
		t.Error(n)
	}
}
