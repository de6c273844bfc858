package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// finder walks a file and collects mutants.
type finder struct {
	pkg      *loaded
	file     *source
	function string
	results  *ast.FieldList // of the innermost function
	order    int
	found    []*mutant
}

// find gives all mutants of the package that may compile.
func find(p *loaded) []*mutant {
	var all []*mutant
	for _, f := range p.files {
		w := &finder{pkg: p, file: f}
		ast.Walk(w, f.tree)
		all = append(all, w.found...)
	}
	return all
}

// Visit is called for outer nodes first.
func (w *finder) Visit(n ast.Node) ast.Visitor {
	w.order++
	switch n := n.(type) {
	case *ast.FuncDecl:
		in := *w
		in.function, in.results, in.found = n.Name.Name, n.Type.Results, nil
		return w.within(&in, n.Body)
	case *ast.FuncLit:
		in := *w
		in.results, in.found = n.Type.Results, nil
		return w.within(&in, n.Body)
	case *ast.GenDecl:
		if n.Tok == token.CONST || n.Tok == token.TYPE || n.Tok == token.IMPORT {
			return nil
		}
	case *ast.ArrayType:
		return nil
	case *ast.BlockStmt:
		w.statements(n.List)
	case *ast.CaseClause:
		w.statements(n.Body)
	case *ast.CommClause:
		w.statements(n.Body)
	case *ast.IfStmt:
		if b, is := ast.Unparen(n.Cond).(*ast.BinaryExpr); !is || swapped[b.Op] == "" {
			w.turn(n.Cond, "if", w.text(n.Cond)+" → the opposite")
		}
	case *ast.SwitchStmt:
		w.cases(n)
	case *ast.BinaryExpr:
		w.binary(n)
	case *ast.BasicLit:
		if t := w.typeName(n); n.Kind == token.INT && t != "" {
			w.around(n, "integer", fmt.Sprintf("%s → %[1]s+1", n.Value), "mutantInt["+t+"](@, ", ")")
		}
	case *ast.Ident:
		if object := w.pkg.info.Uses[n]; object == types.Universe.Lookup("true") || object == types.Universe.Lookup("false") {
			w.turn(n, "boolean", n.Name+" → the opposite")
		}
	}
	return w
}

// within walks a function's body, and comes back to what was around it.
func (w *finder) within(in *finder, body *ast.BlockStmt) ast.Visitor {
	if body != nil {
		ast.Walk(in, body)
	}
	w.order, w.found = in.order, append(w.found, in.found...)
	return nil
}

func (w *finder) add(at ast.Node, operator, change string, edits ...edit) *mutant {
	for i := range edits {
		edits[i].order = w.order
	}
	m := &mutant{file: w.file, line: w.pkg.fset.Position(at.Pos()).Line, function: w.function, operator: operator, change: change, edits: edits}
	w.found = append(w.found, m)
	return m
}

func opening(at token.Pos, text string) edit { return edit{from: at, to: at, text: text} }
func closing(at token.Pos, text string) edit { return edit{from: at, to: at, text: text, closes: true} }

// around puts text before and behind a node.
func (w *finder) around(n ast.Node, operator, change, before, behind string) {
	w.add(n, operator, change, opening(n.Pos(), before), closing(n.End(), behind))
}

// turn makes a condition its opposite.
func (w *finder) turn(n ast.Expr, operator, change string) {
	w.around(n, operator, change, "((", ") != mutantOn(@))")
}

// text is what stands there, on one line.
func (w *finder) text(n ast.Node) string {
	base := w.pkg.fset.File(w.file.tree.FileStart).Base()
	return w.short(string(w.file.text[int(n.Pos())-base : int(n.End())-base]))
}

func (w *finder) short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return text
}

// typeName is how this file calls the type of a constant; "" if it can't.
func (w *finder) typeName(n ast.Expr) string {
	t := w.pkg.info.Types[n].Type
	if t == nil {
		return ""
	}
	return types.TypeString(types.Default(t), func(p *types.Package) string {
		if p == w.pkg.types {
			return ""
		}
		for _, spec := range w.file.tree.Imports {
			if spec.Name != nil && strings.Trim(spec.Path.Value, `"`) == p.Path() {
				return spec.Name.Name
			}
		}
		return p.Name()
	})
}

// swapped is what a comparison's first mutant makes of it. The second turns it.
var swapped = map[token.Token]string{token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.LEQ: ">", token.GTR: "<=", token.GEQ: "<"}

// calls are the operators whose operands become arguments, and what is done with them instead.
var calls = map[token.Token]struct{ function, operator, instead string }{
	token.LSS: {"mutantLess", "comparison", "<="},
	token.LEQ: {"mutantMost", "comparison", "<"},
	token.GTR: {"mutantGreater", "comparison", ">="},
	token.GEQ: {"mutantLeast", "comparison", ">"},
	token.ADD: {"mutantAdd", "arithmetic", "-"},
	token.SUB: {"mutantSub", "arithmetic", "+"},
}

func (w *finder) binary(n *ast.BinaryExpr) {
	if w.pkg.info.Types[n].Value != nil {
		return
	}
	change := func(to string) string { return w.text(n) + " → " + to }
	if to := swapped[n.Op]; to != "" {
		w.turn(n, "comparison", change(to))
		w.order++
	}
	if c, found := calls[n.Op]; found {
		w.add(n, c.operator, change(c.instead), opening(n.Pos(), c.function+"(@, "), edit{from: n.OpPos, to: n.OpPos + token.Pos(len(n.Op.String())), text: ","},
			closing(n.End(), ")"))
	}
	if n.Op == token.LAND || n.Op == token.LOR {
		// By De Morgan, the opposite of the one over the opposites is the other.
		to := map[token.Token]string{token.LAND: "||", token.LOR: "&&"}[n.Op]
		w.add(n, "logic", change(to), opening(n.Pos(), "(((("), closing(n.X.End(), ") != mutantOn(@))"), opening(n.Y.Pos(), "(("),
			closing(n.End(), ") != mutantOn(@))) != mutantOn(@))"))
	}
}
