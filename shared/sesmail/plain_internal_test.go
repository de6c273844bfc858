package sesmail

import "testing"

func TestPlain_LeavesOrdinaryNamesAlone(t *testing.T) {
	for _, name := range []string{
		"St. John's", "Team 7", "R.E.M.", "J. R. R. Tolkien", "Acme Inc.", "AC/DC", "Q&A", "10:30 Club", "Release 2.0.1", "v10.12", "C#", "#general",
		"50% off!", "Mira (she/her)", "Alpine Club: Backcountry", ".NET", "What? Why...", "École d'été", "モーニング娘。", "部门：技术", "❤️ Berlin", "Class of 2026",
		"24/7", "Season 2026/27", "<3", "a=b", "$HOME", "Über-uns", "שלום", "Room 12-34", "etc.)", "1.5 million",
	} {
		if got := plain(name); got != name {
			t.Errorf("%q becomes %q", name, got)
		}
	}
}

func TestPlain_BreaksWhatCouldBeALink(t *testing.T) {
	for name, want := range map[string]string{
		"Node.js fans":                       "Node·js fans",
		"evil.com":                           "evil·com",
		"www.evil.com/path":                  "www·evil·com/path",
		"℡\ufe0f://x":                        "℡: / /x",
		"www.3":                              "www·3",
		"www.x":                              "www·x",
		"t.co":                               "t·co",
		"R.E.M.evil.com":                     "R.E.M·evil·com",
		"http://evil.com":                    "http: / /evil·com",
		"HTTPS:evil":                         "HTTPS: evil",
		"user@evil.com":                      "user@ evil·com",
		"user＠evil．com":                      "user＠ evil·com",
		"@handle":                            "@ handle",
		"evil。com":                           "evil·com",
		"evil｡com":                           "evil·com",
		"evil․com":                           "evil·com",
		"evil﹒com":                           "evil·com",
		"evil.\ufe0fcom":                     "evil·com",
		"ev\u00adil.c\u200bom":               "evil·com",
		"i❤.ws":                              "i❤·ws",
		"例子.中国":                              "例子·中国",
		"127.0.0.1":                          "127·0·0·1",
		"mailto:x tel:110 h323:a":            "mailto: x tel: 110 h323: a",
		"ｈｔｔｐ：//x":                           "ｈｔｔｐ： / /x",
		`\\server\share`:                     `\ \server\share`,
		"///x":                               "/ / /x",
		"+1 (555) 123-4567":                  "+1·555·123·4567",
		"5551234567":                         "5551·2345·67",
		"0.3.0.1.2.3.4":                      "0·3·0·1·2·3·4",
		"٠١٢٣٤٥٦٧":                           "٠١٢٣·٤٥٦٧",
		"2026-2027":                          "2026·2027",
		"=?utf-8?q?a=2Ecom?=":                "= ?utf-8?q?a=2Ecom?=",
		"Acme\r\nBcc: x":                     "Acme Bcc: x",
		"a\u2028b":                           "a b",
		"\u202eevil":                         "evil",
		"":                                   "",
		"5\ufe0f\u20e35\ufe0f\u20e35551234a": "5·5·5551·234a",
	} {
		if got := plain(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestIsolated_OnlyWhereDirectionsMix(t *testing.T) {
	for in, want := range map[string]string{"Jan Novák": "Jan Novák", "李雷": "李雷", "שלום": "\u2068שלום\u2069", "Abc العربية": "\u2068Abc العربية\u2069", "٣": "\u2068٣\u2069", "": ""} {
		if got := isolated(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
