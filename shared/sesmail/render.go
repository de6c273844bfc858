package sesmail

import (
	"bytes"
	"embed"
	htmltemplate "html/template"
	"regexp"
	"strings"
	texttemplate "text/template"
)

//go:embed templates
var files embed.FS

// templates are those of both parts; each kind of mail has one of each, by its name.
type templates struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

func parseTemplates() templates {
	return templates{
		text: texttemplate.Must(texttemplate.New("").Funcs(texttemplate.FuncMap{"name": isolated}).ParseFS(files, "templates/*.txt")),
		html: htmltemplate.Must(htmltemplate.New("").ParseFS(files, "templates/*.html")),
	}
}

// render gives both parts. Paragraphs are parted by one empty line in the text, however many the template leaves.
func (t templates) render(c content) (text, html []byte, err error) {
	var out bytes.Buffer
	if err := t.text.ExecuteTemplate(&out, c.Kind+".txt", c); err != nil {
		return nil, nil, err
	}
	text = []byte(strings.TrimSpace(manyLines.ReplaceAllString(out.String(), "\n\n")) + "\n")
	out = bytes.Buffer{}
	if err := t.html.ExecuteTemplate(&out, c.Kind+".html", c); err != nil {
		return nil, nil, err
	}
	return text, out.Bytes(), nil
}

var manyLines = regexp.MustCompile(`\n{3,}`)
