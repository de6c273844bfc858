package webui_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/infra/local/webui"
)

// copied gives a repository with nothing but the app in it. Its tools are those of this one.
func copied(t *testing.T) (root, folder string) {
	t.Helper()
	here, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	if err := webui.Build(t.Context(), here, io.Discard); err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	folder = filepath.Join(root, filepath.FromSlash(webui.Folder))
	original := filepath.Join(here, filepath.FromSlash(webui.Folder))
	entries, err := os.ReadDir(original)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		from, to := filepath.Join(original, e.Name()), filepath.Join(folder, e.Name())
		switch {
		case e.Name() == "node_modules":
			err = os.Symlink(from, to)
		case e.Name() == "dist", e.Name() == ".built":
			err = nil
		case e.IsDir():
			err = os.CopyFS(to, os.DirFS(from))
		default:
			var content []byte
			if content, err = os.ReadFile(from); err == nil {
				err = os.WriteFile(to, content, 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root, folder
}

// build builds and tells whether anything was done.
func build(t *testing.T, root string) bool {
	t.Helper()
	var said bytes.Buffer
	if err := webui.Build(t.Context(), root, &said); err != nil {
		t.Fatal(err)
	}
	if done := said.Len() > 0; done != strings.Contains(said.String(), "i.html: ") {
		t.Fatalf("it says %q", said.String())
	}
	return said.Len() > 0
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(content, text...), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBuild_OnlyWhatHasChanged(t *testing.T) {
	root, folder := copied(t)
	page := filepath.Join(folder, "dist", "i.html")
	if !build(t, root) || build(t, root) {
		t.Error("it isn't built once")
	}
	for _, name := range []string{"i.html", "i.html.gz", "i.html.br", "index.html", ".gitkeep"} {
		if _, err := os.Stat(filepath.Join(folder, "dist", name)); err != nil {
			t.Error(err)
		}
	}
	for what, change := range map[string]func(){
		"a source":          func() { appendTo(t, filepath.Join(folder, "styles.css"), "\np { color: red }\n") },
		"a page":            func() { appendTo(t, filepath.Join(folder, "i.html"), "<!-- -->") },
		"what was built":    func() { appendTo(t, page, "<!-- by hand -->") },
		"the page, removed": func() { os.Remove(page) },
	} {
		change()
		if !build(t, root) || build(t, root) {
			t.Errorf("after a change of %s it isn't built once", what)
		}
		if text, err := os.ReadFile(page); err != nil || bytes.Contains(text, []byte("by hand")) {
			t.Errorf("after a change of %s: %v\n%s", what, err, text)
		}
	}
}

func TestBuild_TestsInABrowserAreNoPartOfIt(t *testing.T) {
	root, folder := copied(t)
	build(t, root)
	appendTo(t, filepath.Join(folder, "e2e", "main.ts"), "// another\n")
	if build(t, root) {
		t.Error("it is built again for a test")
	}
}

func TestBuild_AFaultIsToldInTheToolsWords(t *testing.T) {
	root, folder := copied(t)
	appendTo(t, filepath.Join(folder, "src", "invite", "main.tsx"), "\nconst = 1;\n")
	for range 2 { // nothing of a failed build counts as done
		err := webui.Build(t.Context(), root, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "main.tsx") {
			t.Fatalf("error %v", err)
		}
	}
}

func TestBuild_WithoutNode(t *testing.T) {
	root, _ := copied(t)
	t.Setenv("PATH", "")
	if err := webui.Build(t.Context(), root, io.Discard); err == nil || !strings.Contains(err.Error(), "npm isn't on PATH") {
		t.Errorf("error %v", err)
	}
}
