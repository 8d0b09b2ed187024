"""The sentences of the Replay tab, in English, Japanese and Korean."""

from __future__ import annotations

from demos.shared.words import Scope

GUIDED = (
    "Counts where the guidance by the text is over 1.",
    "文に従う度合いが1より大きいときに効きます。",
    "글을 따르는 정도가 1보다 클 때 쓰입니다.",
)

say = Scope(
    "replay",
    {
        "tab": ("Replay", "リプレイ", "리플레이"),
        "rep_intro": (
            "A picture becomes a few numbers, its latents; a small diffusion model draws it anew from them, in styles "
            "given by text. So a model that learns task after task can look back without keeping pictures.",
            "画像はわずかな数値、潜在表現になります。小さな拡散モデルがそこから、文で与えた画風で描き直します。"
            "こうして次々に学ぶモデルは、画像を残さずに過去を振り返れます。",
            "그림은 몇 개의 숫자, 잠재 표현이 됩니다. 작은 확산 모델이 거기서 글로 준 화풍으로 다시 그립니다. "
            "그래서 차례로 배우는 모델은 그림을 남기지 않고도 과거를 돌아볼 수 있습니다.",
        ),
        "rep_styles_tab": ("Styles", "画風", "화풍"),
        "rep_buffer_tab": ("Buffer", "バッファ", "버퍼"),
        "rep_upload": ("Your pictures, at most 4", "あなたの画像(4枚まで)", "내 그림 (4장까지)"),
        "rep_pictures": (
            "What is drawn anew (press a picture to take it off)",
            "描き直す画像(押すと外せます)",
            "다시 그릴 그림 (누르면 빠집니다)",
        ),
        "rep_ours": ("Back to our pictures", "見本の画像に戻す", "견본 그림으로 되돌리기"),
        "rep_undo": ("Undo", "元に戻す", "되돌리기"),
        "rep_taken_off": (
            "Taken off. Undo brings it back.",
            "外しました。「元に戻す」で戻ります。",
            "뺐습니다. 되돌리기로 돌아옵니다.",
        ),
        "rep_made_room": (
            "The oldest made room. Undo brings back what was there.",
            "古い画像から入れ替えました。「元に戻す」で戻ります。",
            "오래된 그림부터 바꿨습니다. 되돌리기로 돌아옵니다.",
        ),
        "rep_last_stays": ("The last picture stays.", "最後の1枚は残ります。", "마지막 한 장은 남습니다."),
        "rep_begun": ("Its turn comes ...", "順番を待っています…", "차례를 기다리는 중…"),
        "rep_styles": ("Styles", "画風", "화풍"),
        "rep_own": ("Or in your own words, a style a line", "自分の言葉で、1行に1つ", "직접 쓰기, 한 줄에 하나"),
        "rep_own_info": (
            "Such as: a dog, wood texture. It knows the styles' words and names of animals and things, in English.",
            "例:a dog, wood texture。画風の言葉と、動物や物の名前を英語で知っています。",
            "예: a dog, wood texture. 화풍의 낱말과 동물, 사물의 이름을 영어로 압니다.",
        ),
        "rep_unknown": (
            "Words it was not taught, and will not understand: {words}",
            "習っていないため理解できない言葉:{words}",
            "배우지 않아 알아듣지 못하는 낱말: {words}",
        ),
        "rep_instead": (
            "The large model that this studio is set up with cannot be had just now: the small one draws instead.",
            "このスタジオに設定された大きなモデルは今使えません。小さなモデルで描きます。",
            "이 스튜디오에 설정된 큰 모델을 지금 쓸 수 없습니다. 작은 모델이 대신 그립니다.",
        ),
        "rep_options": ("Options", "オプション", "옵션"),
        "rep_strength": ("Strength", "強さ", "강도"),
        "rep_strength_info": (
            "How much is drawn anew. Less leaves more of the photograph.",
            "どれだけ描き直すか。下げると写真が残ります。",
            "얼마나 다시 그릴지. 낮추면 사진이 더 남습니다.",
        ),
        "rep_guidance": ("Guidance by the text", "文に従う度合い", "글을 따르는 정도"),
        "rep_keeping": ("Guidance by the picture", "画像を保つ度合い", "그림을 지키는 정도"),
        "rep_keeping_info": GUIDED,
        "rep_steps": ("Steps", "ステップ数", "단계 수"),
        "rep_negative": ("What it should not look like", "避けたいもの", "피하고 싶은 것"),
        "rep_negative_info": GUIDED,
        "rep_draw": ("Draw", "描く", "그리기"),
        "rep_going": (
            "{share}% done, about {seconds} s left",
            "{share}%完了、残り約{seconds}秒",
            "{share}% 완료, 약 {seconds}초 남음",
        ),
        "rep_took_one": ("One picture in {seconds} s", "1枚、{seconds}秒", "그림 1장, {seconds}초"),
        "rep_took": ("{count} pictures in {seconds} s", "{count}枚、{seconds}秒", "그림 {count}장, {seconds}초"),
        "rep_source": ("picture", "画像", "그림"),
        "rep_decoded": ("its latents", "潜在表現", "잠재 표현"),
        "rep_press": ("Press a picture to keep it.", "画像を押すと残せます。", "그림을 누르면 남습니다."),
        "rep_keep_drawn": (
            "This row is what was drawn from: press a picture below it.",
            "この行は元の画像です。その下の画像を押してください。",
            "이 줄은 원래 그림입니다. 그 아래의 그림을 누르세요.",
        ),
        "rep_kept": ("Pictures you kept", "残した画像", "남긴 그림"),
        "rep_download": ("Download PNG", "PNGで保存", "PNG로 저장"),
        "rep_add_caption": (
            "Put the latents of a task's pictures into the buffer: those you upload here, else those of the other tab",
            "課題の画像の潜在表現をバッファに入れます。ここに送った画像、なければ隣のタブの画像",
            "과제의 그림의 잠재 표현을 버퍼에 넣습니다. 여기에 올린 그림, 없으면 옆 탭의 그림",
        ),
        "rep_task": ("Task", "課題", "과제"),
        "rep_task_info": (
            "Its name. The same name again puts new latents in the place of those it had.",
            "名前。同じ名前でもう一度入れると、前の潜在表現と入れ替わります。",
            "이름. 같은 이름으로 다시 넣으면 전의 잠재 표현을 대신합니다.",
        ),
        "rep_task_unnamed": ("unnamed", "名前なし", "이름 없음"),
        "rep_task_files": ("Its pictures, at most 20", "その画像(20枚まで)", "그 그림 (20장까지)"),
        "rep_keep_count": ("Latents to keep", "残す潜在表現の数", "남길 잠재 표현 수"),
        "rep_method": ("Which are kept", "残し方", "고르는 법"),
        "rep_k_means": ("the most typical (k-means)", "典型的なもの(k-means)", "전형적인 것 (k-평균)"),
        "rep_reservoir": (
            "by chance, in one pass (reservoir)",
            "無作為、1パス(リザーバー)",
            "무작위, 한 번 훑기 (저수지 표본추출)",
        ),
        "rep_random": ("by chance", "無作為", "무작위"),
        "rep_classes": ("Classes in the task", "課題のクラス数", "과제의 클래스 수"),
        "rep_classes_info": (
            "k-means parts the pictures into this many groups and keeps the most typical of each in turn.",
            "k-means用。似た画像をこの数の組に分け、各組の典型的なものを順に残します。",
            "k-평균용. 비슷한 그림을 이만큼의 무리로 나누고, 무리마다 전형적인 것을 차례로 남깁니다.",
        ),
        "rep_add": ("Put in", "入れる", "넣기"),
        "rep_empty": ("Empty", "空にする", "비우기"),
        "rep_latents": ("Latents", "潜在表現", "잠재 표현"),
        "rep_bytes": ("Size", "大きさ", "크기"),
        "rep_png": ("As PNG", "PNGなら", "PNG로는"),
        "rep_buffer_empty": (
            "The buffer is empty. It lasts as long as this page is open; its file keeps it.",
            "バッファは空です。このページを開いている間だけ残ります。ファイルに保存できます。",
            "버퍼가 비어 있습니다. 이 페이지가 열려 있는 동안만 남으며, 파일로 저장할 수 있습니다.",
        ),
        "rep_buffer_size": (
            "The file has {latents}. As pixels the pictures would take {pixels}, {ratio} times as much.",
            "ファイルは{latents}です。画像を画素のまま残すと{pixels}、その{ratio}倍になります。",
            "파일은 {latents}입니다. 그림을 픽셀 그대로 두면 {pixels}, 그 {ratio}배입니다.",
        ),
        "rep_buffer_png": ("As PNG files: {png}.", "PNGファイルなら{png}です。", "PNG 파일로는 {png}입니다."),
        "rep_buffer_file": ("Download the buffer", "バッファを保存", "버퍼 저장"),
        "rep_brought": ("Bring a buffer along", "バッファを持ち込む", "버퍼 가져오기"),
        "rep_again_caption": (
            "Draw from the buffer alone, each picture with one of the styles chosen under Styles (its options count "
            "too) and a strength of this range",
            "バッファだけから描きます。画像ごとに「画風」で選んだものの1つ(そのオプションも使います)と、この範囲の強さで",
            "버퍼만으로 그립니다. 그림마다 '화풍'에서 고른 것 하나(그 옵션도 쓰입니다)와 이 범위의 강도로",
        ),
        "rep_least": ("Least strength", "最小の強さ", "최소 강도"),
        "rep_most": ("Largest strength", "最大の強さ", "최대 강도"),
        "rep_again": ("Pictures", "枚数", "그림 수"),
        "rep_replay": ("Draw from the buffer", "バッファから描く", "버퍼에서 그리기"),
        "style_oil": ("oil painting", "油絵", "유화"),
        "style_watercolor": ("watercolor", "水彩画", "수채화"),
        "style_pixels": ("pixel art", "ドット絵", "픽셀 아트"),
        "style_metal": ("metal", "金属", "금속"),
        "style_wood": ("wood", "木", "나무"),
        "style_glass": ("stained glass", "ステンドグラス", "스테인드글라스"),
        "style_mosaic": ("mosaic", "モザイク", "모자이크"),
        "style_pencil": ("pencil sketch", "鉛筆画", "연필 스케치"),
        "style_comic": ("comic", "漫画", "만화"),
        "style_ukiyoe": ("ukiyo-e", "浮世絵", "우키요에"),
        "style_photo": ("photo", "写真", "사진"),
    },
)
