package invite_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"group-invites/shared/invite"
)

func TestNewID_SortsByTime(t *testing.T) {
	at := time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)
	var ids []string
	for range 2000 {
		id, err := invite.NewID(at, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id.String())
		at = at.Add(time.Millisecond)
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("ids of successive milliseconds are not in order")
	}
	t.Run("over all the years that fit", func(t *testing.T) {
		low, high := bytes.Repeat([]byte{0}, 4), bytes.Repeat([]byte{0xff}, 4)
		last := ""
		for year := 1970; year < 2109; year++ { // 42 bits of milliseconds end in 2109
			for _, tail := range [][]byte{low, high} {
				id, err := invite.NewID(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC), bytes.NewReader(tail))
				if err != nil || id.String() <= last {
					t.Fatalf("%d: %s after %s, %v", year, id, last, err)
				}
				last = id.String()
			}
		}
	})
}

func TestNewID_IsTimeAndRandomBits(t *testing.T) {
	at := time.UnixMilli(0x155_5555_5555) // 42 bits: 01 0101…
	id, err := invite.NewID(at, bytes.NewReader([]byte{0xff, 0xff, 0xff, 0xff}))
	// 0x15555555555 << 22 is 0x5555555555400000; the lower 22 bits are the random ones.
	if err != nil || id.String() != "55555555557fffff" {
		t.Errorf("id %s, %v", id, err)
	}
	if id, _ = invite.NewID(at, bytes.NewReader(make([]byte, 4))); id.String() != "5555555555400000" {
		t.Errorf("id %s", id)
	}
	if _, err := invite.NewID(at, iotest.ErrReader(errors.New("no randomness"))); err == nil {
		t.Error("an id without randomness")
	}
	if _, err := invite.NewID(at, bytes.NewReader([]byte{1, 2, 3})); err == nil {
		t.Error("an id of too little randomness")
	}
}

func TestParseID(t *testing.T) {
	const good = "0123456789abcdef"
	if id, ok := invite.ParseID(good); !ok || id.String() != good {
		t.Errorf("%q is read as %q, %v", good, id, ok)
	}
	for _, bad := range []string{"", good[1:], good + "0", strings.ToUpper(good), "g" + good[1:], good[:15] + "\n", " " + good[1:], "0x" + good[2:], good[:15] + "é"} {
		if _, ok := invite.ParseID(bad); ok {
			t.Errorf("%q is accepted", bad)
		}
	}
	if text, err := json.Marshal(invite.ID{1}); err != nil || string(text) != `"0100000000000000"` {
		t.Errorf("in JSON %s, %v", text, err)
	}
}
