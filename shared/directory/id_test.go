package directory_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"group-invites/shared/directory"
)

// Each id has one spelling: what isn't lower-case hex of the right length names nothing.
func TestParseIDs(t *testing.T) {
	for _, parser := range []struct {
		what   string
		digits int
		parse  func(string) (string, bool)
	}{
		{"organization", 10, func(s string) (string, bool) { id, ok := directory.ParseOrgID(s); return id.String(), ok }},
		{"group", 16, func(s string) (string, bool) { id, ok := directory.ParseGroupID(s); return id.String(), ok }},
		{"user", 32, func(s string) (string, bool) { id, ok := directory.ParseUserID(s); return id.String(), ok }},
	} {
		t.Run(parser.what, func(t *testing.T) {
			good := strings.Repeat("0123456789abcdef", 2)[32-parser.digits:]
			if got, ok := parser.parse(good); !ok || got != good {
				t.Errorf("%q is read as %q, %v", good, got, ok)
			}
			for _, bad := range []string{
				"", good[1:], good + "0", good + good, strings.ToUpper(good), "g" + good[1:], " " + good[1:], good[:len(good)-1] + "\n",
				"0x" + good[2:], "-" + good[1:], good[:len(good)-1] + "A", "é" + good[2:], "%61" + good[3:], strings.Repeat("\x00", len(good)),
				strings.Repeat("0", 1<<20),
			} {
				if _, ok := parser.parse(bad); ok {
					t.Errorf("%.40q is accepted", bad)
				}
			}
		})
	}
}

func TestNewUserID(t *testing.T) {
	// printf 'https://issuer.example.com\0anna' | sha256sum
	const want = "acf772755afcdcd1cf957533cb4d5012"
	if got := directory.NewUserID("https://issuer.example.com", "anna").String(); got != want {
		t.Errorf("NewUserID = %s, want %s", got, want)
	}
	t.Run("tells apart where issuer ends and subject begins", func(t *testing.T) {
		if directory.NewUserID("ab", "c") == directory.NewUserID("a", "bc") {
			t.Error("the same id")
		}
	})
	t.Run("tells issuers apart", func(t *testing.T) {
		if directory.NewUserID("https://a.example", "anna") == directory.NewUserID("https://b.example", "anna") {
			t.Error("the same id")
		}
	})
}

func TestNewGroupID_BeginsWithItsOrganization(t *testing.T) {
	org, err := directory.NewOrgID(bytes.NewReader([]byte{1, 2, 3, 4, 5}))
	if err != nil || org.String() != "0102030405" {
		t.Fatal(org, err)
	}
	group, err := directory.NewGroupID(org, bytes.NewReader([]byte{6, 7, 8}))
	if err != nil || group.String() != "0102030405060708" || group.Org() != org {
		t.Errorf("group %s of %s, %v", group, group.Org(), err)
	}
}

func TestNewIDs_FailWithoutRandomness(t *testing.T) {
	broken := iotest.ErrReader(errors.New("no randomness"))
	if _, err := directory.NewOrgID(broken); err == nil {
		t.Error("organization")
	}
	if _, err := directory.NewGroupID(directory.OrgID{}, bytes.NewReader([]byte{1, 2})); err == nil {
		t.Error("group")
	}
	if _, err := directory.NewJoinID(broken); err == nil {
		t.Error("joining")
	}
}

func TestIDs_AreTextInJSON(t *testing.T) {
	got, err := json.Marshal([]any{directory.OrgID{0xa}, directory.GroupID{0xb}, directory.UserID{0xc}})
	want := `["0a00000000","0b00000000000000","0c000000000000000000000000000000"]`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

func FuzzParseIDs(f *testing.F) {
	for _, s := range []string{"", "0123456789", "0123456789abcdef", "0123456789abcdef0123456789abcdef", "0123456789ABCDEF", "0123456789\n", "０１２３４５６７８９"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { // one spelling each
		if id, ok := directory.ParseOrgID(s); ok && id.String() != s {
			t.Errorf("%q is taken for %s", s, id)
		}
		if id, ok := directory.ParseGroupID(s); ok && id.String() != s {
			t.Errorf("%q is taken for %s", s, id)
		}
		if id, ok := directory.ParseUserID(s); ok && id.String() != s {
			t.Errorf("%q is taken for %s", s, id)
		}
	})
}
