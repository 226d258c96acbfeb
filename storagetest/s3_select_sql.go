package storagetest

import (
	"math"
	"strconv"
	"strings"
)

// selectStatement is what is understood of S3's SQL:
//
//	SELECT * | column, … FROM S3Object[[*]] [[AS] alias] [WHERE column = literal] [LIMIT n]
type selectStatement struct {
	columns []selectColumn // nil: all
	items   bool           // S3Object[*]
	where   *selectCondition
	limit   int64
}

type selectColumn struct {
	name   string
	quoted bool
}

// selectCondition is column = literal.
type selectCondition struct {
	column selectColumn
	text   string
	number bool
}

// holds compares a value, as it is written in the object, with the literal.
func (c *selectCondition) holds(value string, isJSON bool) bool {
	quoted := strings.HasPrefix(value, `"`)
	if !c.number {
		return (!isJSON || quoted) && selectText(value, isJSON) == c.text
	}
	want, _ := strconv.ParseFloat(c.text, 64) // is one
	got, err := strconv.ParseFloat(value, 64)
	return err == nil && got == want
}

// selectToken is a token of SQL. Its kind is a word, a quoted name ("), a string ('),
// a number (0), a sign, or the end (0 byte).
type selectToken struct {
	kind byte // 'w', '"', '\'', '0', the sign itself; 0: the end
	text string
}

type selectParser struct {
	tokens []selectToken
}

func (p *selectParser) peek() selectToken { return p.tokens[0] }

func (p *selectParser) next() selectToken {
	t := p.tokens[0]
	if t.kind != 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

// word takes the keyword if it is the next token.
func (p *selectParser) word(keyword string) bool {
	if t := p.peek(); t.kind != 'w' || !strings.EqualFold(t.text, keyword) {
		return false
	}
	p.next()
	return true
}

func (p *selectParser) sign(sign byte) bool {
	if p.peek().kind != sign {
		return false
	}
	p.next()
	return true
}

func errorUnsupportedSQL(what string) *s3Error {
	return errorSelect("UnsupportedSqlOperation", "Encountered an unsupported SQL operation: "+what)
}

// unexpected is the error at the next token: of SQL that S3 would understand,
// and of what is none.
func (p *selectParser) unexpected() *s3Error {
	t := p.peek()
	switch upper := strings.ToUpper(t.text); {
	case t.kind == 'w' && strings.Contains(" AND OR NOT LIKE IN IS BETWEEN GROUP ORDER JOIN HAVING CASE CAST AS ", " "+upper+" "):
		return errorUnsupportedSQL(upper)
	case t.kind != 0 && strings.IndexByte("<>!+-/%|([.*", t.kind) >= 0:
		return errorUnsupportedSQL(t.text)
	}
	return errorSelect("ParseUnexpectedToken", "Unexpected token found "+strconv.Quote(t.text)+".")
}

func parseSelect(sql string) (*selectStatement, *s3Error) {
	tokens, err := selectTokens(sql)
	if err != nil {
		return nil, err
	}
	p := &selectParser{tokens: tokens}
	if !p.word("SELECT") {
		switch strings.ToUpper(p.peek().text) {
		case "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "WITH":
			return nil, errorUnsupportedSQL(strings.ToUpper(p.peek().text))
		}
		return nil, p.unexpected()
	}
	s := &selectStatement{limit: math.MaxInt64}
	var columns []selectPath
	if !p.sign('*') {
		for {
			column, err := p.path()
			if err != nil {
				return nil, err
			}
			columns = append(columns, column)
			if !p.sign(',') {
				break
			}
		}
	}
	if !p.word("FROM") {
		if p.peek().kind == 0 {
			return nil, errorSelect("ParseSelectMissingFrom", "The SQL expression contains a missing FROM after SELECT list.")
		}
		return nil, p.unexpected()
	}
	if !p.word("S3Object") {
		return nil, p.unexpected()
	}
	if p.sign('[') {
		if !p.sign('*') || !p.sign(']') {
			return nil, p.unexpected()
		}
		s.items = true
	}
	alias := "S3Object"
	if as := p.word("AS"); as || p.peek().kind == 'w' && !isClause(p.peek().text) || p.peek().kind == '"' {
		if t := p.next(); t.kind == 'w' || t.kind == '"' {
			alias = t.text
		} else {
			return nil, errorSelect("ParseExpectedIdentForAlias", "Did not find the expected identifier for the alias in the SQL expression.")
		}
	}
	for _, column := range columns {
		c, err := column.of(alias)
		if err != nil {
			return nil, err
		}
		s.columns = append(s.columns, c)
	}
	if err := p.clauses(s, alias); err != nil {
		return nil, err
	}
	return s, nil
}

func isClause(word string) bool {
	return strings.Contains(" WHERE LIMIT GROUP ORDER JOIN HAVING ", " "+strings.ToUpper(word)+" ")
}

// clauses reads what follows the table, to the end.
func (p *selectParser) clauses(s *selectStatement, alias string) *s3Error {
	if p.word("WHERE") {
		path, err := p.path()
		if err != nil {
			return err
		}
		w := &selectCondition{}
		if w.column, err = path.of(alias); err != nil {
			return err
		}
		if !p.sign('=') {
			return p.unexpected()
		}
		minus := p.sign('-')
		switch t := p.peek(); {
		case t.kind == '0':
			w.text, w.number = t.text, true
			if minus {
				w.text = "-" + t.text
			}
		case t.kind == '\'' && !minus:
			w.text = t.text
		case t.kind == 'w':
			return errorUnsupportedSQL(t.text)
		default:
			return p.unexpected()
		}
		p.next()
		s.where = w
	}
	if p.word("LIMIT") {
		n, err := strconv.ParseInt(p.peek().text, 10, 64)
		if p.peek().kind != '0' || err != nil {
			return p.unexpected()
		}
		p.next()
		s.limit = n
	}
	p.sign(';')
	if p.peek().kind != 0 {
		return p.unexpected()
	}
	return nil
}

// selectPath is a column as it is written: the names between dots.
type selectPath []selectColumn

func (p *selectParser) path() (selectPath, *s3Error) {
	var path selectPath
	for {
		t := p.peek()
		if t.kind != 'w' && t.kind != '"' {
			return nil, p.unexpected()
		}
		p.next()
		path = append(path, selectColumn{t.text, t.kind == '"'})
		if !p.sign('.') {
			break
		}
	}
	if k := p.peek().kind; k == '(' || k == '[' { // a function; a place in a list
		return nil, p.unexpected()
	}
	return path, nil
}

// of is the column of a table that has an alias.
func (path selectPath) of(alias string) (selectColumn, *s3Error) {
	if len(path) == 2 && strings.EqualFold(path[0].name, alias) {
		path = path[1:]
	}
	if len(path) != 1 {
		return selectColumn{}, errorUnsupportedSQL("a path of names")
	}
	return path[0], nil
}

func selectTokens(sql string) ([]selectToken, *s3Error) {
	var tokens []selectToken
	isWord := func(ch byte) bool {
		return ch == '_' || 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || ch >= 0x80
	}
	isDigit := func(ch byte) bool { return '0' <= ch && ch <= '9' }
	for i := 0; i < len(sql); {
		begin, ch := i, sql[i]
		switch {
		case ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r':
			i++
		case ch == '\'' || ch == '"':
			var b strings.Builder
			for i++; ; i++ {
				if i >= len(sql) {
					return nil, errorSelect("LexerInvalidLiteral", "The SQL expression contains a literal that does not end.")
				}
				if sql[i] == ch {
					if i+1 >= len(sql) || sql[i+1] != ch {
						break
					}
					i++
				}
				b.WriteByte(sql[i])
			}
			i++
			tokens = append(tokens, selectToken{ch, b.String()})
		case isWord(ch):
			for i < len(sql) && (isWord(sql[i]) || isDigit(sql[i])) {
				i++
			}
			tokens = append(tokens, selectToken{'w', sql[begin:i]})
		case isDigit(ch):
			for i < len(sql) && (isDigit(sql[i]) || sql[i] == '.') {
				i++
			}
			if _, err := strconv.ParseFloat(sql[begin:i], 64); err != nil {
				return nil, errorSelect("LexerInvalidLiteral", "The SQL expression contains an invalid number.")
			}
			tokens = append(tokens, selectToken{'0', sql[begin:i]})
		case strings.IndexByte("*,.=()[]<>!+-/%|;", ch) >= 0:
			i++
			tokens = append(tokens, selectToken{ch, string(ch)})
		default:
			return nil, errorSelect("LexerInvalidChar", "The SQL expression contains an invalid character.")
		}
	}
	return append(tokens, selectToken{}), nil
}
