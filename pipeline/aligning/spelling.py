"""How an English word that stands in no dictionary may be spoken: names, slang, old words. Right often enough."""

import re

# Letters → phones, the longer before the shorter; `^` and `$` hold at a word's start and end.
_RULES = tuple(
    (re.compile(letters), phones.split())
    for letters, phones in (
        row.rsplit("=", 1)
        for row in """
^kn=N|^wr=R|^wh=W|^gn=N|^ps=S|^x=Z|^y=Y
tion=SH AH N|sion=ZH AH N|ought=AO T|aught=AO T|ough=OW|augh=AO|eigh=EY|igh=AY
tious=SH AH S|cious=SH AH S|eous=IY AH S|ious=IY AH S|ous=AH S
ture=CH ER|sure=ZH ER|dge=JH|tch=CH|sch=SH|ch=CH|sh=SH|th=TH|ph=F|gh=G|ck=K|qu=K W|ng$=NG|ng=NG G
ing$=IH NG|ed$=D|es$=Z|le$=AH L|ly$=L IY|y$=IY
air=EH R|are$=EH R|ear=IH R|eer=IH R|oor=AO R|our=AW ER|ar=AA R|er=ER|ir=ER|or=AO R|ur=ER|yr=ER
ee=IY|ea=IY|ie=IY|oo=UW|ou=AW|ow=OW|oa=OW|oi=OY|oy=OY|ai=EY|ay=EY|au=AO|aw=AO|ei=EY|ey=IY|ew=UW|ue=UW|ui=UW
a(?=[^aeiouwy]e$)=EY|e(?=[^aeiouwy]e$)=IY|i(?=[^aeiouwy]e$)=AY|o(?=[^aeiouwy]e$)=OW|u(?=[^aeiouwy]e$)=UW
y(?=[^aeiouwy]e$)=AY|e$=|o$=OW|a$=AH|i$=IY
bb=B|cc=K|dd=D|ff=F|gg=G|ll=L|mm=M|nn=N|pp=P|rr=R|ss=S|tt=T|zz=Z
c(?=[eiy])=S|g(?=[eiy])=JH|x=K S
a=AE|e=EH|i=IH|o=AA|u=AH|y=IH
b=B|c=K|d=D|f=F|g=G|h=HH|j=JH|k=K|l=L|m=M|n=N|p=P|q=K|r=R|s=S|t=T|v=V|w=W|z=Z
""".replace("\n", "|")
        .strip("|")
        .split("|")
    )
)


def phones(word: str) -> list[str]:
    """The sounds of a word in lower-case letters, as the acoustic model names them; none where it has no letters."""
    found: list[str] = []
    at = 0
    while at < len(word):
        for letters, spoken in _RULES:
            match = letters.match(word, at)
            if match and match.end() > at:
                found += spoken
                at = match.end()
                break
        else:
            at += 1
    return found
