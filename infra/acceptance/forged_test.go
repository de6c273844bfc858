package acceptance

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// TestForged_NoCallToTheTable runs alone, so that the lines of the request log are its own.
func TestForged_NoCallToTheTable(t *testing.T) {
	o, other := shared.org(t), shared.org(t)
	newcomer := shared.person(t, "newcomer")
	genuine, another := o.link(t, o.admin, anyone).code(t), other.link(t, other.admin, anyone).code(t)
	forged := map[string]string{
		"empty":                       "",
		"a word":                      "welcome",
		"random":                      strings.Repeat("A", 44),
		"of no alphabet":              strings.Repeat("!", 44),
		"cut":                         genuine[:43],
		"extended":                    genuine + "A",
		"padded":                      genuine + "=",
		"with a line break":           genuine[:20] + "\n" + genuine[20:],
		"with a line break, as long":  genuine[:20] + "\n" + genuine[20:43],
		"with white space":            " " + genuine,
		"the whole URL":               shared.URL() + "/i#" + genuine,
		"standard base64":             "+/" + genuine[2:],
		"ids of one, MAC of another":  genuine[:24] + another[24:],
		"group of one, rest another":  genuine[:12] + another[12:],
		"nearly the seeded link's":    "ENZiXQKAHBo4Zt4yQqAo4HOF6RzGuPqfeX04lv3Zkpw7",
		"not ASCII":                   strings.Repeat("é", 22),
		"long":                        strings.Repeat(genuine, 1000),
		"NUL":                         "\x00",
		"like an expression of a key": "I#" + o.group,
	}
	raw, err := base64.RawURLEncoding.DecodeString(genuine)
	if err != nil {
		t.Fatal(err)
	}
	for _, bit := range []int{0, 3, 4, 7, 8, 71, 72, 135, 136, 263} { // of format, key number, group, invite and MAC
		flipped := append([]byte{}, raw...)
		flipped[bit/8] ^= 0x80 >> (bit % 8)
		forged[fmt.Sprintf("bit %d flipped", bit)] = base64.RawURLEncoding.EncodeToString(flipped)
	}
	from := len(shared.log.String())
	shared.writesNothing(t, []string{o.id, other.id, newcomer.id}, func() {
		for name, code := range forged {
			t.Run(name, func(t *testing.T) {
				shared.send(t, "POST", "/v1/invites/preview", "", object{"code": code}).refusal(t, 404, "not_found")
				shared.refused(t, newcomer, code, 404, "not_found")
			})
		}
	})
	lines := shared.log.requests(t, from, 2*len(forged), " /v1/invites/")
	if len(lines) != 2*len(forged) {
		t.Errorf("%d requests in the log, want %d", len(lines), 2*len(forged))
	}
	for _, line := range lines {
		if !strings.Contains(line, " 404 POST ") || !strings.HasSuffix(line, "  0 calls") {
			t.Errorf("called the table: %s", line)
		}
	}
}
