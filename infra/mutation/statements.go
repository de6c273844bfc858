package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// statements leaves out statements of a list, and returns zero values instead of errors.
func (w *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		w.order++
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
			w.around(s, "removed", w.text(s)+" left out", "if !mutantOn(@) { ", " }")
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				w.around(s, "removed", w.text(s)+" left out", "if !mutantOn(@) { ", " }")
			}
		case *ast.ReturnStmt:
			w.zeros(s)
		}
	}
}

// zeros makes a return of an error one of zero values.
func (w *finder) zeros(s *ast.ReturnStmt) {
	if w.results == nil || len(s.Results) == 0 {
		return
	}
	last := w.results.List[len(w.results.List)-1]
	if !types.Identical(w.pkg.info.Types[last.Type].Type, types.Universe.Lookup("error").Type()) {
		return
	}
	if n, is := s.Results[len(s.Results)-1].(*ast.Ident); is && n.Name == "nil" {
		return
	}
	var zero []string
	for _, f := range w.results.List {
		base := w.pkg.fset.File(w.file.tree.FileStart).Base()
		t := string(w.file.text[int(f.Type.Pos())-base : int(f.Type.End())-base])
		for range max(1, len(f.Names)) {
			zero = append(zero, "*new("+t+")")
		}
	}
	w.add(s, "error", w.text(s)+" → zero values", opening(s.Pos(), "if mutantOn(@) { return "+strings.Join(zero, ", ")+" }; "))
}

// cases makes cases of a switch that never match. A switch over a value becomes one over conditions, which compare with it.
func (w *finder) cases(n *ast.SwitchStmt) {
	var shared []edit
	equals := ""
	if n.Tag != nil {
		equals = "mutantTag == "
		shared = []edit{
			{from: n.Pos(), to: n.Pos() + token.Pos(len("switch")), text: "{ "},
			opening(n.Tag.Pos(), "mutantTag := "),
			{from: n.Body.Lbrace, to: n.Body.Lbrace + 1, text: "; switch {"},
			closing(n.End(), " }"),
		}
		for _, clause := range n.Body.List {
			for _, e := range clause.(*ast.CaseClause).List {
				shared = append(shared, opening(e.Pos(), equals+"("), closing(e.End(), ")"))
			}
		}
		for i := range shared {
			shared[i].order = w.order + 1 // within what leaves a case out
		}
	}
	defer func() { w.order++ }()
	for _, clause := range n.Body.List {
		c := clause.(*ast.CaseClause)
		if c.List == nil {
			continue
		}
		var edits []edit
		for _, e := range c.List {
			edits = append(edits, opening(e.Pos(), "!mutantOn(@) && ("), closing(e.End(), ")"))
		}
		var texts []string
		for _, e := range c.List {
			texts = append(texts, w.text(e))
		}
		m := w.add(c, "case", "case "+w.short(strings.Join(texts, ", "))+" left out", edits...)
		m.shared = shared
	}
}
