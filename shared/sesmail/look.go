package sesmail

import "html/template"

// look is how HTML mails look: styles of elements, in the elements themselves, since some clients drop those of the head. What the head
// has is for narrow screens and dark mode only.
type look struct {
	Page, Column, Brand, Card, Heading, Text, Subheading, Small, Address, Foot, Link, FootLink, ButtonCell, Button template.CSS
	Dark                                                                                                           template.CSS // in the head
	OutlookOpen, OutlookClose                                                                                      template.HTML
}

// colors are those of light or dark mode. Texts have a contrast of at least 4.5 to what is behind them (WCAG 2.2, 1.4.3).
type colors struct {
	page, card, edge, text, quiet, link, button, buttonText string
}

var (
	light = colors{page: "#f2f4f7", card: "#ffffff", edge: "#dfe3e8", text: "#1b2430", quiet: "#55606e", link: "#1a56b0", button: "#1a56b0", buttonText: "#ffffff"}
	dark  = colors{page: "#11151a", card: "#1b2129", edge: "#333d49", text: "#e9edf2", quiet: "#a9b4c1", link: "#8fbcff", button: "#8fbcff", buttonText: "#0c1a2e"}
)

const fonts = "font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif;"

// width is that of the column in pixels, at most.
const width = "560"

var theLook = look{
	Page:       css("margin:0;padding:0;background-color:" + light.page + ";"),
	Column:     css("max-width:" + width + "px;"),
	Brand:      css(fonts + "font-size:14px;line-height:20px;font-weight:600;color:" + light.quiet + ";padding:0 4px 12px 4px;text-align:left;"),
	Card:       css("background-color:" + light.card + ";border:1px solid " + light.edge + ";border-radius:12px;padding:32px 32px 16px 32px;text-align:left;"),
	Heading:    css(fonts + "margin:0 0 16px 0;font-size:24px;line-height:32px;font-weight:700;color:" + light.text + ";" + breaking),
	Text:       css(fonts + "margin:0 0 16px 0;font-size:16px;line-height:24px;color:" + light.text + ";" + breaking),
	Subheading: css(fonts + "margin:24px 0 4px 0;font-size:16px;line-height:24px;font-weight:700;color:" + light.text + ";"),
	Small:      css(fonts + "margin:0 0 4px 0;font-size:14px;line-height:20px;color:" + light.quiet + ";"),
	Address:    css(fonts + "margin:0 0 8px 0;font-size:14px;line-height:20px;color:" + light.link + ";word-break:break-all;"),
	Foot:       css(fonts + "margin:0 0 8px 0;font-size:13px;line-height:20px;color:" + light.quiet + ";" + breaking),
	Link:       css("color:" + light.link + ";text-decoration:underline;"),
	FootLink:   css("color:" + light.quiet + ";text-decoration:underline;"),
	// Outlook knows no padding of links, so the cell has one for it alone.
	ButtonCell: css("background-color:" + light.button + ";border-radius:8px;mso-padding-alt:14px 28px;"),
	Button: css(fonts + "display:inline-block;padding:14px 28px;font-size:16px;line-height:20px;font-weight:600;color:" + light.buttonText +
		";background-color:" + light.button + ";border-radius:8px;text-decoration:none;"),
	Dark: css(".page{background-color:" + dark.page + "!important}" +
		".card{background-color:" + dark.card + "!important;border-color:" + dark.edge + "!important}" +
		".text{color:" + dark.text + "!important}.quiet{color:" + dark.quiet + "!important}.link{color:" + dark.link + "!important}" +
		".button{background-color:" + dark.button + "!important}a.button{color:" + dark.buttonText + "!important}"),
	// Outlook takes no greatest width, so it gets a table of that width, which nobody else sees.
	OutlookOpen:  `<!--[if mso]><table role="presentation" width="` + width + `" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`,
	OutlookClose: `<!--[if mso]></td></tr></table><![endif]-->`,
}

// breaking lets long words break, so that none makes the mail wider than the screen.
const breaking = "overflow-wrap:anywhere;word-break:break-word;"

func css(s string) template.CSS { return template.CSS(s) }
